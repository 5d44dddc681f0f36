import { type Effort, type Printed, percent, printedTable } from './table.ts';
import { simulateVirtualPairs, type VirtualCounts, type VirtualRun, type WorkChanges } from './virtual-runs.ts';

/** Not the seeds on which the gate was made; those of its rows follow. */
const SEED = 61_000_000;

/** Promised of a whole comparison: of its seven variants, two operations and nine phases. */
const PROMISED = { falseAlarms: 0.01, found: 0.8 } as const;
/** Standard errors by which a rate of a few comparisons may be off what is promised. */
const CHANCE = 2;

const FIVE: VirtualRun = { boots: 5, cycles: 4, ofSamples: 0.002, interrupted: 0.3 };
const THREE: VirtualRun = { ...FIVE, boots: 3, cycles: 2 };

interface VirtualRow {
  readonly what: string;
  readonly base: VirtualRun;
  /** As the base where it is not said. */
  readonly current?: VirtualRun;
  readonly changes?: WorkChanges;
  /** False where five boots do not suffice for so much scatter; then undecided is an answer. */
  readonly isPromised?: false;
}

const MORE_ENUMERATION: WorkChanges = { enumeration: { factor: 1.03 } };
const MORE_REMOVAL: WorkChanges = { 'driver-removal': { factor: 1.03 } };
const SHARES = [0, 0.02, 0.05, 0.1] as const;

const QUIET: readonly VirtualRow[] = [
  interruptedRow(FIVE, 0.1, 0.8),
  interruptedRow(FIVE, 0.1, 0.9),
  interruptedRow(THREE, 0.1, 0.6),
  { what: 'samples scatter by 1 %', base: { ...FIVE, ofSamples: 0.01 } },
  { what: 'boots scatter by 1 %', base: { ...FIVE, ofBoots: 0.01 } },
  { what: 'samples scatter by 1 %, 3 boots of 2', base: { ...THREE, ofSamples: 0.01 } },
  ...SHARES.slice(1).map((short) => ({
    what: `${percent(short)} of samples a sixth shorter`,
    base: { ...FIVE, short },
  })),
  {
    what: '50 µs move from driver-probe to enumeration',
    base: FIVE,
    changes: { enumeration: { addedMs: 0.05 }, 'driver-probe': { addedMs: -0.05 } },
  },
];

const CHANGED: readonly VirtualRow[] = [
  ...SHARES.flatMap((short) => [
    {
      what: `+3 % in enumeration, ${percent(short)} a sixth shorter`,
      base: { ...FIVE, short },
      changes: MORE_ENUMERATION,
    },
    {
      what: `+3 % in driver-removal, ${percent(short)} a sixth shorter`,
      base: { ...FIVE, short },
      changes: MORE_REMOVAL,
    },
  ]),
  {
    what: '+3 % in driver-removal, samples scatter by 1 %',
    base: { ...FIVE, ofSamples: 0.01 },
    changes: MORE_REMOVAL,
    isPromised: false,
  },
  {
    what: '+3 % in enumeration, no interrupts',
    base: { ...FIVE, interrupted: 0 },
    changes: MORE_ENUMERATION,
  },
];

function interruptedRow(run: VirtualRun, before: number, after: number): VirtualRow {
  return {
    what: `interrupts in ${percent(before)} of samples, then in ${percent(after)}, ${run.boots} boots of ${run.cycles}`,
    base: { ...run, interrupted: before },
    current: { ...run, interrupted: after },
  };
}

/** How often a comparison in virtual time in which no work was added or taken away raises an alarm, and finds 3 % more. */
export function virtualTable(effort: Effort): Printed {
  const [quiet, changed] = effort === 'full' ? [1000, 300] : [60, 30];
  const quietRows = QUIET.map((row, place) => {
    const counts = countsOf(row, place, quiet);
    const allowed = PROMISED.falseAlarms + CHANCE * Math.sqrt(PROMISED.falseAlarms / quiet);
    return { ...row, ...counts, pairs: quiet, hasGrown: false, isKept: counts.falseAlarms / quiet <= allowed };
  });
  const changedRows = CHANGED.map((row, place) => {
    const counts = countsOf(row, QUIET.length + place, changed);
    const isKept = row.isPromised === false ? undefined : counts.found / changed >= PROMISED.found;
    return { ...row, ...counts, pairs: changed, hasGrown: true, isKept };
  });
  const shareIf = (isShown: boolean, count: number, pairs: number) => (isShown ? percent(count / pairs, 1) : '');
  return printedTable(
    'Runs in virtual time, seven variants, plug and unplug, phases stamped in µs: alarms where work is what it was, and +3 % found',
    [
      { heading: 'run', align: 'left', cell: ({ what }) => what },
      { heading: 'pairs', align: 'right', cell: ({ pairs }) => String(pairs) },
      { heading: 'false alarm', align: 'right', cell: (row) => percent(row.falseAlarms / row.pairs, 2) },
      { heading: 'found', align: 'right', cell: (row) => shareIf(row.hasGrown, row.found, row.pairs) },
      { heading: 'undecided', align: 'right', cell: (row) => shareIf(row.hasGrown, row.undecided, row.pairs) },
    ],
    [...quietRows, ...changedRows],
    [
      `promised: false alarms in at most ${percent(PROMISED.falseAlarms)}, found in at least ${percent(PROMISED.found)}`,
    ],
  );
}

function countsOf({ base, current = base, changes = {} }: VirtualRow, place: number, pairs: number): VirtualCounts {
  return simulateVirtualPairs({ base, current, changes }, pairs, SEED + place);
}
