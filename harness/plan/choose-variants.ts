import type { Choices } from '../archive/run-json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Scenario, Variant } from '../scenario/variant.ts';
import { listWords } from '../scenario/words.ts';

/** The scenarios with what the command line changes: fewer variants, other numbers. The failure is a text for the user. */
export function chooseVariants(loaded: readonly Scenario[], choices: Choices): Result<readonly Scenario[], string> {
  const { filter } = choices;
  const texts = filter?.split(',').map((text) => text.trim());
  // An empty text is contained in every name, and nobody means that by a comma too many.
  const wanted = texts?.filter((text) => text !== '');
  const isWanted = (variant: Variant) => wanted?.some((text) => nameOf(variant).includes(text)) ?? true;
  const chosen = loaded.flatMap((scenario) => {
    const variants = scenario.variants.filter(isWanted).map((variant) => withChoices(variant, choices));
    return variants.length === 0 ? [] : [{ ...scenario, variants }];
  });
  if (chosen.length > 0) return ok(chosen);
  const names = loaded.flatMap(({ variants }) => variants.map(nameOf));
  return fail(`--filter ${JSON.stringify(filter)}: no variant matches. There are ${listWords(names, 'and')}.`);
}

function nameOf({ scenario, name }: Variant): string {
  return `${scenario}/${name}`;
}

/** QEMU counts the instructions of one virtual CPU: with more, Linux does not get through its boot. */
const VIRTUAL_CPUS = 1;

function withChoices(variant: Variant, { boots, cycles, accelerator, clock }: Choices): Variant {
  const { adaptive, ...sampling } = variant.sampling;
  return {
    ...variant,
    accelerator: accelerator ?? variant.accelerator,
    ...(clock && { clock, guest: clock === 'virtual' ? { ...variant.guest, cpus: VIRTUAL_CPUS } : variant.guest }),
    sampling: {
      ...sampling,
      // A number that is asked for is fixed.
      ...(boots === undefined ? adaptive && { adaptive } : { boots }),
      cycles: cycles ?? sampling.cycles,
    },
  };
}
