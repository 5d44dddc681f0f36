import { changePoints } from '../statistics/change-point.ts';
import { nightDependence } from '../statistics/night-dependence.ts';
import type { HistoryPoint } from '../statistics/robust-window.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { shareChanges } from '../statistics/share-change.ts';
import { normalNumbers } from './noise.ts';
import { failingNights, QUIET_NIGHTS, type Random } from './quiet-nights.ts';
import { type Effort, type Printed, percent, printedTable } from './table.ts';

/** Not among those with which the method's levels were chosen. */
const SEED = 7_260_128;
const SERIES = 72;
const NIGHTS = 60;
/** Folders of each kind. */
const FOLDERS = { quick: 60, full: 1000 } as const;
const STEPS = { quick: 400, full: 4000 } as const;
const PROMISED = 0.01;
/** So many standard errors of the simulation above the promise it would be refuted. */
const REFUTED = 3;
const SOON = 10;

/** How often a folder in which nothing has changed has a red night: any of its series, on any of its nights. */
export function quietFoldersTable(effort: Effort): Printed {
  const folders = FOLDERS[effort];
  const random = randomOf(SEED);
  const latencies = QUIET_NIGHTS.map(({ name, nights }) => ({
    name,
    red: countRed(folders, () => {
      const series = Array.from({ length: SERIES }, () => nights(random, NIGHTS));
      const dependence = nightDependence(series.map((points) => points.map(({ value }) => value)));
      return series.some((points) => changePoints(points, dependence).some(({ ratio }) => ratio > 1));
    }),
  }));
  const failures = [0.01, 0.2, 0.5].map((probability) => ({
    name: `${percent(probability)} of the boots fail, 5 a night`,
    red: countRed(folders, () =>
      Array.from({ length: SERIES }).some(() => shareChanges(failingNights(random, NIGHTS, probability)).length > 0),
    ),
  }));
  const limit = folders * PROMISED + REFUTED * Math.sqrt(folders * PROMISED * (1 - PROMISED));
  const rows = [...latencies, ...failures].map((row) => ({ ...row, isKept: row.red <= limit }));
  return printedTable(
    `History: ${folders} folders of ${SERIES} series without a change, looked at on each of ${NIGHTS} nights: folders with a red night`,
    [
      { heading: 'nights', align: 'left', cell: ({ name }) => name },
      { heading: 'red', align: 'right', cell: ({ red }) => String(red) },
    ],
    rows,
    [`promised: <= ${percent(PROMISED)}, which more than ${Math.floor(limit)} red folders of ${folders} refute`],
  );
}

/** What is found, among 72 series, and what is not. `promised` is the least share of series in which the step is found. */
const FOUND: readonly {
  readonly scatter: number;
  readonly step: number;
  readonly before: number;
  readonly within: number;
  readonly promised?: number;
}[] = [
  { scatter: 0.05, step: 0.1, before: 30, within: SOON },
  { scatter: 0.035, step: 0.1, before: 30, within: SOON },
  { scatter: 0.03, step: 0.1, before: 30, within: SOON, promised: 0.8 },
  { scatter: 0.025, step: 0.1, before: 30, within: SOON, promised: 0.9 },
  { scatter: 0.05, step: 0.15, before: 30, within: SOON },
  { scatter: 0.05, step: 0.2, before: 30, within: SOON, promised: 0.9 },
  { scatter: 0.05, step: 0.1, before: 30, within: 30, promised: 0.75 },
  { scatter: 0.03, step: 0.1, before: 8, within: 30 },
  { scatter: 0.05, step: 0.2, before: 8, within: 30, promised: 0.8 },
  { scatter: 0.05, step: 0.3, before: 5, within: 30 },
  { scatter: 0.05, step: 0.3, before: 4, within: 30 },
];

/** How often a step is found, and how soon. */
export function stepsTable(effort: Effort): Printed {
  const series = STEPS[effort];
  const random = randomOf(SEED + 1);
  const latencies = FOUND.map(({ promised, ...one }) => {
    const { scatter, step, before, within } = one;
    const normal = (count: number, value: number): HistoryPoint[] =>
      Array.from({ length: count }, () => ({ value: value + scatter * random.normal() }));
    const found = countRed(series, () =>
      changePoints([...normal(before, 0), ...normal(within, Math.log1p(step))], 0).some(({ ratio }) => ratio > 1),
    );
    return { what: `+${percent(step)}, nights scatter ${percent(scatter, 1)}`, before, within, found, promised };
  });
  const failures = [1, 0.3].map((probability) => ({
    what: `failing boots: none, then ${percent(probability)} of 5 a night`,
    before: 30,
    within: SOON,
    found: countRed(
      series,
      () => shareChanges([...failingNights(random, 30, 0), ...failingNights(random, SOON, probability)]).length > 0,
    ),
    promised: 0.7,
  }));
  const rows = [...latencies, ...failures].map((row) => ({
    ...row,
    isKept: row.promised === undefined ? undefined : row.found / series >= row.promised,
  }));
  return printedTable(
    `History: ${series} series with a step, at the level that keeps ${SERIES} series quiet: found`,
    [
      { heading: 'step', align: 'left', cell: ({ what }) => what },
      { heading: 'nights before', align: 'right', cell: ({ before }) => String(before) },
      { heading: 'within', align: 'right', cell: ({ within }) => String(within) },
      { heading: 'found', align: 'right', cell: ({ found }) => percent(found / series, 1) },
      {
        heading: 'promised',
        align: 'right',
        cell: ({ promised }) => (promised === undefined ? '' : `>= ${percent(promised)}`),
      },
    ],
    rows,
  );
}

function randomOf(seed: number): Random {
  const uniform = seededRandom(seed);
  return { uniform, normal: normalNumbers(uniform) };
}

function countRed(count: number, isRed: () => boolean): number {
  return Array.from({ length: count }).filter(isRed).length;
}
