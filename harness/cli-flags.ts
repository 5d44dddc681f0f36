import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from './plan/shard.ts';
import { ACCELERATOR_CHOICES, type AcceleratorChoice } from './variant.ts';
import { CLOCKS, type Clock } from './vocabulary.ts';

/** Flags of `bench run`. Absent means off, or that the scenario or the default named in the help decides. */
export interface RunFlags {
  readonly filter?: string;
  readonly boots?: number;
  readonly cycles?: number;
  readonly seed?: number;
  readonly accelerator?: AcceleratorChoice;
  readonly clock?: Clock;
  readonly jobs?: number;
  readonly shard?: Shard;
  /** A run directory. */
  readonly resume?: string;
  /** Name of a baseline, or a run directory. */
  readonly baseline?: string;
  readonly requireBaseline?: boolean;
  readonly saveBaseline?: string;
  readonly force?: boolean;
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
  /** Gives undefined for a text that is not as `expected`. */
  readonly value?: { readonly of: (text: string) => unknown; readonly expected: string };
  readonly byDefault?: string;
  readonly notWith?: readonly (keyof RunFlags)[];
}

/** As in a scenario file: more is a slip of the finger, and would fill the memory before it fills the time. */
const COUNT = wholeNumber(1, 1000);
/** The generator's state is seeded with 32 bits: larger seeds would repeat smaller ones. */
const SEED = wholeNumber(0, 2 ** 32 - 1);
const SHARD = {
  expected: 'Which part and of how many is expected, such as 2/3; at the most 1000',
  of: (text: string): Shard | undefined => {
    const [, index = 0, of = 0] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
    return index >= 1 && index <= of && of <= 1000 ? { index, of } : undefined;
  },
};

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
    value: COUNT,
  },
  {
    name: 'cycles',
    written: '--cycles <n>',
    description: "measured passes per boot, instead of the scenario's number",
    value: COUNT,
  },
  {
    name: 'seed',
    written: '--seed <n>',
    description: 'seed of the order of boots (default: from the clock)',
    value: SEED,
  },
  {
    name: 'accelerator',
    written: '--accelerator <which>',
    description: "instead of the scenario's choice",
    choices: ACCELERATOR_CHOICES,
  },
  {
    name: 'clock',
    written: '--clock <which>',
    description: "time that is measured; virtual: the guest's instructions, on one virtual CPU under TCG",
    choices: CLOCKS,
  },
  {
    name: 'jobs',
    written: '--jobs <n>',
    description: 'machines that run side by side, each on CPUs of its own',
    value: COUNT,
  },
  {
    name: 'shard',
    written: '--shard <i/n>',
    description:
      'only the i-th of n parts of the plan, as long as the others; needs --seed; "merge" puts them together',
    value: SHARD,
  },
  {
    name: 'resume',
    written: '--resume <run>',
    description: 'go on with what a stopped run lacks, in its own directory; no scenario files then',
    notWith: ['filter', 'boots', 'cycles', 'seed', 'accelerator', 'clock', 'shard', 'out', 'dryRun'],
  },
  {
    name: 'baseline',
    written: '--baseline <name>',
    description:
      'compare with a baseline of this host, or with a run directory; exit 1 when something regressed or fails',
    notWith: ['shard'],
  },
  {
    name: 'requireBaseline',
    written: '--require-baseline',
    description: 'exit 5, before anything is measured, when there is no such baseline that can be compared',
    notWith: ['shard'],
  },
  {
    name: 'saveBaseline',
    written: '--save-baseline <name>',
    description: 'keep the run under this name, as what later runs on this host are compared with',
    notWith: ['shard', 'dryRun'],
  },
  {
    name: 'force',
    written: '--force',
    description: 'do what would be refused because figures suffer',
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
    notWith: ['json'],
  },
];

/** The table as options of the commander library. */
export function commanderOptions(): readonly Option[] {
  return RUN_FLAGS.map(({ written, description, choices, value, byDefault, notWith }) => {
    const option = new Option(written, description);
    if (choices) option.choices([...choices]);
    if (byDefault !== undefined) option.default(byDefault);
    if (notWith) option.conflicts([...notWith]);
    if (value) {
      option.argParser((text) => {
        const parsed = value.of(text);
        if (parsed !== undefined) return parsed;
        throw new InvalidArgumentError(`${value.expected}.`);
      });
    }
    return option;
  });
}

function wholeNumber(least: number, most: number) {
  return {
    expected: `A whole number from ${least} to ${most} is expected`,
    of: (text: string): number | undefined => {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
    },
  };
}
