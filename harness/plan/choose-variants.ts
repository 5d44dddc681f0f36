import { fail, ok, type Result } from '../result.ts';
import { passRefusal } from '../scenario/check-pass.ts';
import type { AcceleratorChoice, Scenario, Variant } from '../variant.ts';
import type { Clock } from '../vocabulary.ts';
import { didYouMean, listWords } from '../words.ts';

/** The scenarios with what the command line changes: fewer variants, other numbers. The failure is a text for the user. */
export function chooseVariants(loaded: readonly Scenario[], choices: Choices): Result<readonly Scenario[], string> {
  const { filter, clock } = choices;
  const isWanted = wantedBy(filter);
  const chosen = loaded.flatMap((scenario) => {
    const variants = scenario.variants.filter(isWanted).map((variant) => withChoices(variant, choices));
    return variants.length === 0 ? [] : [{ ...scenario, variants }];
  });
  const mixed = clock === 'virtual' ? loaded.flatMap((scenario) => cpusRefusal(scenario, isWanted)) : [];
  if (mixed.length > 0) return fail(mixed.join('\n'));
  // The files were checked with their own numbers.
  const refusals = chosen.flatMap(({ variants }) => variants.flatMap((variant) => passRefusal(variant) ?? []));
  if (refusals.length > 0) return fail(refusals.map((refusal) => `--cycles ${choices.cycles}: ${refusal}`).join('\n'));
  if (chosen.length > 0) return ok(chosen);
  const names = loaded.flatMap(({ variants }) => variants.map(nameOf));
  return fail(
    `--filter ${JSON.stringify(filter)}: no variant matches. There are ${listWords(names, 'and')}.${meantText(filter, names)}`,
  );
}

function meantText(filter = '', names: readonly string[]): string {
  const candidates = names.flatMap((name) => [name, name.slice(name.indexOf('/') + 1)]);
  const [suggestion] = filter.split(',').flatMap((text) => didYouMean(text.trim(), candidates).suggestion ?? []);
  return suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
}

/** Which variants a run's `--filter` lets through; all, where there is none. */
export function wantedBy(filter: string | undefined): (variant: Pick<Variant, 'scenario' | 'name'>) => boolean {
  const texts = filter?.split(',').map((text) => text.trim());
  // An empty text is contained in every name, and nobody means that by a comma too many.
  const wanted = texts?.filter((text) => text !== '');
  return (variant) => wanted?.some((text) => nameOf(variant).includes(text)) ?? true;
}

function nameOf({ scenario, name }: Pick<Variant, 'scenario' | 'name'>): string {
  return `${scenario}/${name}`;
}

/** QEMU counts the instructions of one virtual CPU: with more, Linux does not get through its boot. */
const VIRTUAL_CPUS = 1;

/** Machines that are compared by their CPUs would all have the same, under the names of different ones. */
function cpusRefusal({ name, variants }: Scenario, isWanted: (variant: Variant) => boolean): readonly string[] {
  const switched = variants.filter((variant) => isWanted(variant) && variant.clock !== 'virtual');
  const cpus = [...new Set(switched.map(({ guest }) => guest.cpus))].toSorted((a, b) => a - b);
  if (cpus.length < 2) return [];
  const numbers = listWords(cpus.map(String), 'and');
  return [`--clock virtual: the variants of ${name} have ${numbers} virtual CPUs, of which virtual time counts one`];
}

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

/** What the command line changes about scenarios. */
export interface Choices {
  readonly filter?: string;
  readonly boots?: number;
  readonly cycles?: number;
  readonly accelerator?: AcceleratorChoice;
  readonly clock?: Clock;
}
