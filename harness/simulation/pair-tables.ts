import { ERROR_BUDGET } from '../statistics/error-budget.ts';
import { METRICS, type NightModel, type PairCounts, type PairSimulation, simulatePairs } from './run-pairs.ts';
import { type Effort, type Printed, percent, printedTable } from './table.ts';

/** Seeds of what is drawn here; the permutations of the tests have their own (`metric-tests.ts`, `more-often.ts`). */
const SEED = 41_000_000;

/** What is promised of a comparison in which nothing has changed. */
const MOST_FALSE_ALARMS = 0.01;
/** Standard errors by which a simulated rate may lie above what is promised: it is a rate of a few hundred pairs. */
const CHANCE = 2;

interface PairRow {
  readonly what: string;
  readonly simulation: Omit<PairSimulation, 'pairs' | 'seed'>;
}

const TEN: NightModel = { boots: 10, cycles: 4, between: 0 };
const SIX: NightModel = { boots: 6, cycles: 1, between: 0 };

/** Without a change. */
const QUIET: readonly PairRow[] = [
  ...[0, 0.01, 0.02, 0.03, 0.05].flatMap((between) => [
    { what: `runs scatter by ${percent(between)}, nothing known`, simulation: { ...TEN, between, history: 0 } },
    { what: `runs scatter by ${percent(between)}, 10 earlier runs`, simulation: { ...TEN, between, history: 10 } },
  ]),
  { what: 'runs scatter by 5 %, nothing known', simulation: { ...SIX, between: 0.05, history: 0 } },
  { what: 'runs scatter by 5 %, 30 earlier runs', simulation: { ...SIX, between: 0.05, history: 30 } },
  {
    what: 'runs like the one before (AR(1) of 0.5), 3 %',
    simulation: { ...TEN, between: 0.03, dependence: 0.5, history: 10 },
  },
  { what: 'every other boot is 30 % slower', simulation: { ...TEN, boots: 5, secondMode: 0.3, history: 0 } },
  {
    what: 'every other boot is 30 % slower, interleaved',
    simulation: { ...TEN, boots: 5, secondMode: 0.3, history: 0, interleaved: true },
  },
  { what: 'every other boot takes twice as long', simulation: { ...TEN, boots: 5, secondMode: 1, history: 0 } },
  { what: '2 % of samples take ten times as long', simulation: { ...TEN, between: 0.02, spikes: 0.02, history: 10 } },
  { what: 'the same, interleaved', simulation: { ...TEN, spikes: 0.02, history: 0, interleaved: true } },
  { what: 'latencies drift by 10 % in a run', simulation: { ...TEN, drift: 0.1, history: 10 } },
  {
    what: 'waits of 5 s, boots share their place on the timer wheel',
    simulation: { ...SIX, wheel: 'run', history: 10 },
  },
  { what: 'waits of 5 s, each at a place of its own', simulation: { ...SIX, wheel: 'sample', history: 10 } },
  { what: 'nothing between, interleaved', simulation: { ...TEN, history: 0, interleaved: true } },
];

interface CountedRow extends PairRow, PairCounts {
  readonly isKept?: boolean;
}

/** Simulates one row. Pairs of a row are independent of those of the others. */
function counted({ what, simulation }: PairRow, place: number, pairs: number): PairRow & PairCounts {
  return { what, simulation, ...simulatePairs({ ...simulation, pairs, seed: SEED + place }) };
}

/** How often a comparison in which nothing has changed raises any alarm. */
export function quietPairsTable(effort: Effort): Printed {
  const pairs = effort === 'full' ? 2000 : 150;
  const allowed = MOST_FALSE_ALARMS + CHANCE * Math.sqrt((MOST_FALSE_ALARMS * (1 - MOST_FALSE_ALARMS)) / pairs);
  const rows = QUIET.map((row, place): CountedRow => {
    const own = counted(row, place, pairs);
    return { ...own, isKept: own.falseAlarms / pairs <= allowed };
  });
  return printedTable(
    `Two runs without a change, ${METRICS} metrics: any alarm`,
    [
      { heading: 'how they scatter', align: 'left', cell: ({ what }) => what },
      { heading: 'boots', align: 'right', cell: ({ simulation }) => `${simulation.boots} x ${simulation.cycles}` },
      { heading: 'pairs', align: 'right', cell: (row) => String(row.pairs) },
      { heading: 'any alarm', align: 'right', cell: (row) => percent(row.falseAlarms / row.pairs, 2) },
    ],
    rows,
    [
      `promised: <= ${percent(MOST_FALSE_ALARMS)} (${percent(allowed, 1)} of so few pairs); spent on latencies: ${percent(ERROR_BUDGET.latency, 1)}`,
    ],
  );
}

/** With a change; `least` is what is promised of it. */
const CHANGED: readonly (PairRow & { readonly least?: number })[] = [
  { what: '+10 %, interleaved', simulation: { ...TEN, slowdown: 0.1, history: 0, interleaved: true } },
  {
    what: '+10 %, interleaved',
    simulation: { ...TEN, boots: 15, slowdown: 0.1, history: 0, interleaved: true },
    least: 0.9,
  },
  {
    what: '+5 %, interleaved',
    simulation: { ...TEN, boots: 40, slowdown: 0.05, history: 0, interleaved: true },
    least: 0.8,
  },
  {
    what: '+10 %, runs scatter by 0.5 %, 30 earlier runs',
    simulation: { ...TEN, boots: 20, between: 0.005, slowdown: 0.1, history: 30 },
    least: 0.8,
  },
  {
    what: '+10 %, runs scatter by 2 %, 30 earlier runs',
    simulation: { ...TEN, between: 0.02, slowdown: 0.1, history: 30 },
  },
  {
    what: '+20 %, runs scatter by 2 %, 30 earlier runs',
    simulation: { ...TEN, between: 0.02, slowdown: 0.2, history: 30 },
    least: 0.8,
  },
  {
    what: '+20 %, runs scatter by 2 %, 10 earlier runs',
    simulation: { ...TEN, between: 0.02, slowdown: 0.2, history: 10 },
    least: 0.8,
  },
  { what: '+50 %, nothing known', simulation: { ...TEN, between: 0.05, slowdown: 0.5, history: 0 }, least: 0.9 },
  { what: '+50 %, nothing known', simulation: { ...SIX, between: 0.02, slowdown: 0.5, history: 0 }, least: 0.9 },
  {
    what: 'twice as long: 35 % of samples instead of 5 %',
    simulation: { ...TEN, boots: 30, slowShare: 0.35, history: 0, interleaved: true },
    least: 0.8,
  },
];

/** How often a change is found, beside what a usual test finds at the same error. */
export function changedPairsTable(effort: Effort): Printed {
  const pairs = effort === 'full' ? 1000 : 100;
  const rows = CHANGED.map(({ least, ...row }, place) => {
    const own = counted(row, QUIET.length + place, pairs);
    const [found, usual] = [own.found / pairs, own.foundByUsual / pairs];
    const error = CHANCE * Math.sqrt(0.25 / pairs);
    const isAsGood = row.simulation.slowShare !== undefined || found >= usual - error;
    return { ...own, least, isKept: (least === undefined || found >= least - error) && isAsGood };
  });
  return printedTable(
    `One of ${METRICS} metrics has become slower: called regressed`,
    [
      { heading: 'change', align: 'left', cell: ({ what }) => what },
      { heading: 'boots', align: 'right', cell: ({ simulation }) => `${simulation.boots} x ${simulation.cycles}` },
      { heading: 'found', align: 'right', cell: (row) => percent(row.found / row.pairs) },
      { heading: 'usual test', align: 'right', cell: (row) => percent(row.foundByUsual / row.pairs) },
      { heading: 'promised', align: 'right', cell: ({ least }) => (least === undefined ? '' : `>= ${percent(least)}`) },
      { heading: 'called unchanged', align: 'right', cell: (row) => percent(row.unchanged / row.pairs) },
    ],
    rows,
    [
      "usual test: Welch on boots where interleaved, else a t test with the variance of the metric's own earlier runs; same error",
    ],
  );
}
