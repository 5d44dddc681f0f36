import { NEED_FORM, type Need, readNeed } from '../findings/need.ts';
import type { Shard } from '../plan/shard.ts';
import { readSettings, type Setting } from '../scenario/two-sides.ts';
import { ACCELERATOR_CHOICES } from '../variant.ts';
import { CLOCKS } from '../vocabulary.ts';
import type { FlagTable, FlagValues, Reader } from './command.ts';

/** The flags of each command, and as what the command gets them. Absent means off, or what the description says. */

const TEXT: Reader<string> = { expected: 'A text is expected', of: (text) => text };
/** As in a scenario file: more is a slip of the finger, and would fill the memory before it fills the time. */
const COUNT = wholeNumber(1, 1000);
/** The generator's state is seeded with 32 bits: larger seeds would repeat smaller ones. */
const SEED = wholeNumber(0, 2 ** 32 - 1);
const SHARD: Reader<Shard> = {
  expected: 'Which part and of how many is expected, such as 2/3; at the most 1000',
  of: (text) => {
    const [, index = 0, of = 0] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
    return index >= 1 && index <= of && of <= 1000 ? { index, of } : undefined;
  },
};

const SETTINGS: Reader<readonly Setting[]> = {
  expected: 'Settings are expected, such as guest/kernel=patched',
  of: readSettings,
};

const NEED: Reader<Need> = { expected: `What is needed is expected, such as ${NEED_FORM}`, of: readNeed };

/** `10` and `10%` are a tenth. */
export const PERCENT: Reader<number> = {
  expected: 'A percentage from 0.1 to 1000 is expected, such as 10%',
  of: (text) => {
    const value = Number(/^(\d+(?:\.\d+)?)%?$/.exec(text)?.[1]);
    return value >= 0.1 && value <= 1000 ? value / 100 : undefined;
  },
};

/** Of commands that decide something. */
const DECISION_FLAGS = {
  detect: {
    written: '--detect <percent>',
    description:
      'a slowdown of this size is not to be missed (default: 10%): where it would not be found in four of five comparisons, ' +
      'the verdict is "undecided" and the exit code 6',
    value: PERCENT,
  },
  acceptUndecided: {
    written: '--accept-undecided',
    description: 'exit 0 also where something is undecided',
  },
} as const satisfies FlagTable;

export const RUN_FLAGS = {
  filter: {
    written: '--filter <text>',
    description: 'only variants whose "scenario/variant" contains one of these comma-separated texts',
    value: TEXT,
  },
  boots: {
    written: '--boots <n>',
    description: "fresh VMs per variant, instead of the scenario's number",
    value: COUNT,
  },
  cycles: {
    written: '--cycles <n>',
    description: "measured passes per boot, instead of the scenario's number",
    value: COUNT,
  },
  set: {
    written: '--set <settings>',
    description:
      'what all variants have otherwise than the scenario: key=value, keys from a variant down with "/" between, such as "guest/memory=1G"',
    value: SETTINGS,
  },
  seed: {
    written: '--seed <n>',
    description: 'seed of the order of boots (default: from the clock)',
    value: SEED,
  },
  accelerator: {
    written: '--accelerator <which>',
    description: "instead of the scenario's choice",
    value: oneOf(ACCELERATOR_CHOICES),
  },
  clock: {
    written: '--clock <which>',
    description: "time that is measured; virtual: the guest's instructions, on one virtual CPU under TCG",
    value: oneOf(CLOCKS),
  },
  jobs: {
    written: '--jobs <n>',
    description: 'machines that run side by side, each on CPUs of its own',
    value: COUNT,
  },
  shard: {
    written: '--shard <i/n>',
    description:
      'only the i-th of n parts of the plan, which all take about equally long; needs --seed; "merge" puts them together',
    value: SHARD,
  },
  resume: {
    written: '--resume <run>',
    description: 'go on with what a stopped run lacks, in its own directory; no scenario files then',
    value: TEXT,
    notWith: ['filter', 'boots', 'cycles', 'set', 'seed', 'accelerator', 'clock', 'shard', 'out', 'dryRun'],
  },
  baseline: {
    written: '--baseline <name>',
    description:
      'compare with a baseline of this host, or with a run directory; exit 1 when something regressed or fails',
    value: TEXT,
    notWith: ['shard'],
  },
  requireBaseline: {
    written: '--require-baseline',
    description: 'exit 5, before anything is measured, when there is no such baseline that can be compared',
    notWith: ['shard'],
  },
  ...DECISION_FLAGS,
  saveBaseline: {
    written: '--save-baseline <name>',
    description: 'keep the run under this name, as what later runs on this host are compared with',
    value: TEXT,
    notWith: ['shard', 'dryRun'],
  },
  force: {
    written: '--force',
    description:
      'do what is refused because figures suffer: more --jobs than CPUs, other conditions, a baseline with failures',
  },
  out: {
    written: '--out <dir>',
    description: 'folder in which the run directory is made',
    value: TEXT,
    byDefault: 'results',
  },
  json: {
    written: '--json',
    description: 'print the summary as JSON on standard output, and nothing else there',
  },
  dryRun: {
    written: '--dry-run',
    description: 'print the plan and the QEMU command lines; start no guest, and no program that a scenario names',
    notWith: ['json'],
  },
} as const satisfies FlagTable;
export type RunFlags = FlagValues<typeof RUN_FLAGS>;

/** Of commands that show a run which is there. */
const COMPARISON_FLAGS = {
  baseline: {
    written: '--baseline <name>',
    description: 'with the comparison with a baseline or a run directory, instead of the one it has',
    value: TEXT,
  },
  force: {
    written: '--force',
    description: 'with --baseline, also when conditions differ that a comparison refuses, such as the host or QEMU',
  },
} as const satisfies FlagTable;

const NEED_FLAG = {
  written: '--need <what>',
  description: `which machine to choose for it: ${NEED_FORM}; vfio: devices of the host, userspace: two userspace drivers in the guest`,
  value: NEED,
} as const;

export const CHOOSE_FLAGS = {
  need: NEED_FLAG,
  json: { written: '--json', description: 'print it as JSON' },
} as const satisfies FlagTable;
export type ChooseFlags = FlagValues<typeof CHOOSE_FLAGS>;

export const REPORT_FLAGS = {
  open: { written: '--open', description: 'open it in the browser' },
  out: {
    written: '--out <file>',
    description: 'write this file, instead of report.html in the first run',
    value: TEXT,
  },
  need: NEED_FLAG,
  ...COMPARISON_FLAGS,
} as const satisfies FlagTable;
export type ReportFlags = FlagValues<typeof REPORT_FLAGS>;

export const SHOW_FLAGS = {
  json: { written: '--json', description: 'print it as JSON' },
} as const satisfies FlagTable;
export type ShowFlags = FlagValues<typeof SHOW_FLAGS>;

export const MERGE_FLAGS = {
  out: RUN_FLAGS.out,
  mixedHosts: { written: '--mixed-hosts', description: 'also parts from hosts that differ' },
} as const satisfies FlagTable;
export type MergeFlags = FlagValues<typeof MERGE_FLAGS>;

export const COMPARE_FLAGS = {
  ...DECISION_FLAGS,
  force: {
    written: '--force',
    description: 'also when conditions differ that a comparison refuses, such as the host or QEMU',
  },
  json: { written: '--json', description: 'print the comparison as JSON' },
} as const satisfies FlagTable;
export type CompareFlags = FlagValues<typeof COMPARE_FLAGS>;

const { filter, boots, cycles, seed, accelerator, clock, jobs, force, out, json, dryRun } = RUN_FLAGS;

export const AB_FLAGS = {
  a: {
    written: '--a <settings>',
    description: 'what side a has otherwise than the scenario: key=value, keys from a variant down with "/" between',
    value: SETTINGS,
  },
  b: {
    written: '--b <settings>',
    description: 'the same of side b, such as "guest/kernel=patched"',
    value: SETTINGS,
    isRequired: true,
  },
  ...{ filter, boots, cycles, seed, accelerator, clock, jobs, force, out, json, dryRun },
  ...DECISION_FLAGS,
} as const satisfies FlagTable;

export const CALIBRATE_FLAGS = {
  runs: {
    written: '--runs <n>',
    description:
      'how often to measure; from 5 on it is known how much runs differ (default: 6); 0: only say what earlier runs teach',
    value: wholeNumber(0, 1000),
  },
  boots: RUN_FLAGS.boots,
  detect: {
    written: '--detect <percent>',
    description: 'the slowdown that is looked for (default: 10%)',
    value: PERCENT,
  },
  out: RUN_FLAGS.out,
} as const satisfies FlagTable;
export type CalibrateFlags = FlagValues<typeof CALIBRATE_FLAGS>;

export const HISTORY_FLAGS = {
  json: { written: '--json', description: 'print the history as JSON' },
} as const satisfies FlagTable;
export type HistoryFlags = FlagValues<typeof HISTORY_FLAGS>;

export const QUERY_FLAGS = {
  json: { written: '--json', description: 'print the answer as JSON', notWith: ['csv'] },
  csv: { written: '--csv', description: 'print the answer as CSV' },
} as const satisfies FlagTable;
export type QueryFlags = FlagValues<typeof QUERY_FLAGS>;

export const BASELINES_FLAGS = {
  json: { written: '--json', description: 'print them as JSON' },
} as const satisfies FlagTable;
export type BaselinesFlags = FlagValues<typeof BASELINES_FLAGS>;

export const PRUNE_FLAGS = {
  keep: {
    written: '--keep <what>',
    description: 'the newest runs (30) or those of the last days (90d)',
    value: TEXT,
    isRequired: true,
  },
  dryRun: { written: '--dry-run', description: 'only say what would be removed' },
} as const satisfies FlagTable;
export type PruneFlags = FlagValues<typeof PRUNE_FLAGS>;

export const EXPORT_FLAGS = {
  format: {
    written: '--format <name>',
    description: 'markdown, junit, openmetrics, otava, bencher, github-action-benchmark, perfetto, otlp, csv or json',
    value: TEXT,
    isRequired: true,
  },
  ...COMPARISON_FLAGS,
  history: {
    written: '--history',
    description: 'junit and markdown: with what has regressed in the folder of the run',
  },
} as const satisfies FlagTable;
export type ExportFlags = FlagValues<typeof EXPORT_FLAGS>;

export const NOISE_FLAGS = {
  strictHost: { written: '--strict-host', description: 'exit 4 when there is something' },
} as const satisfies FlagTable;
export type NoiseFlags = FlagValues<typeof NOISE_FLAGS>;

export const DOCTOR_FLAGS = {
  tryKvm: {
    written: '--try-kvm',
    description: 'boot the stock guest under KVM; exit 4 when that does not work',
  },
} as const satisfies FlagTable;
export type DoctorFlags = FlagValues<typeof DOCTOR_FLAGS>;

export const FETCH_FLAGS = {
  newer: {
    written: '--newer',
    description: 'also where one is there: the newest, which is used from then on',
  },
} as const satisfies FlagTable;
export type FetchFlags = FlagValues<typeof FETCH_FLAGS>;

function wholeNumber(least: number, most: number): Reader<number> {
  return {
    expected: `A whole number from ${least} to ${most} is expected`,
    of: (text) => {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
    },
  };
}

function oneOf<Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  return {
    choices,
    expected: `Allowed choices are ${choices.join(', ')}`,
    of: (text) => choices.find((choice) => choice === text),
  };
}
