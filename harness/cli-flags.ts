import { InvalidArgumentError, Option } from 'commander';
import { ACCELERATOR_CHOICES, type AcceleratorChoice } from './scenario/variant.ts';

/** Flags of `bench run`. Absent means off, or that the scenario or the default named in the help decides. */
export interface RunFlags {
  readonly filter?: string;
  readonly boots?: number;
  readonly cycles?: number;
  readonly seed?: number;
  readonly accelerator?: AcceleratorChoice;
  readonly out: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** A flag: how it is written, what it does, and how its text becomes a value. */
interface Flag {
  readonly name: keyof RunFlags;
  readonly written: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly wholeNumber?: { readonly least: number; readonly most: number };
  readonly byDefault?: string;
  readonly notWith?: keyof RunFlags;
}

/** As in a scenario file: more is a slip of the finger, and would fill the memory before it fills the time. */
const COUNT = { least: 1, most: 1000 };
/** The generator's state is seeded with 32 bits: larger seeds would repeat smaller ones. */
const SEED = { least: 0, most: 2 ** 32 - 1 };

/** The one table of flags: the parser, the help and the documentation come from it. */
export const RUN_FLAGS: readonly Flag[] = [
  {
    name: 'filter',
    written: '--filter <text>',
    description: 'only variants whose "scenario/variant" contains one of these comma-separated texts',
  },
  {
    name: 'boots',
    written: '--boots <n>',
    description: "fresh VMs per variant, instead of the scenario's number",
    wholeNumber: COUNT,
  },
  {
    name: 'cycles',
    written: '--cycles <n>',
    description: "measured passes per boot, instead of the scenario's number",
    wholeNumber: COUNT,
  },
  {
    name: 'seed',
    written: '--seed <n>',
    description: 'seed of the order of boots (default: from the clock)',
    wholeNumber: SEED,
  },
  {
    name: 'accelerator',
    written: '--accelerator <which>',
    description: "instead of the scenario's choice",
    choices: ACCELERATOR_CHOICES,
  },
  {
    name: 'out',
    written: '--out <dir>',
    description: 'folder in which the run directory is made',
    byDefault: 'results',
  },
  {
    name: 'json',
    written: '--json',
    description: 'print the summary as JSON on standard output, and nothing else there',
  },
  {
    name: 'dryRun',
    written: '--dry-run',
    description: 'print the plan and the QEMU command lines; start no guest',
    notWith: 'json',
  },
];

/** The table as options of the commander library. */
export function commanderOptions(): readonly Option[] {
  return RUN_FLAGS.map(({ written, description, choices, wholeNumber, byDefault, notWith }) => {
    const option = new Option(written, description);
    if (choices) option.choices([...choices]);
    if (byDefault !== undefined) option.default(byDefault);
    if (notWith) option.conflicts(notWith);
    if (wholeNumber) {
      const { least, most } = wholeNumber;
      option.argParser((text) => {
        const value = Number(text);
        if (/^\d+$/.test(text) && value >= least && value <= most) return value;
        throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected.`);
      });
    }
    return option;
  });
}
