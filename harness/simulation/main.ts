import { textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { CHANGE_LEVELS } from '../statistics/change-point.ts';
import { COVERAGE_BOOTS, coverages } from './coverage.ts';
import { NIGHTS, NIGHTS_BEFORE, QUIET_NIGHTS, SOON_NIGHTS, simulateDelays } from './delays.ts';
import { changedPairsTable, quietPairsTable } from './pair-tables.ts';
import { type Effort, type Printed, percent } from './table.ts';
import { virtualTable } from './virtual-table.ts';

const SEED = 20260131;

/** What history and intervals promise. */
const PROMISED = {
  falseAlarms: 0.01,
  coverage: [0.93, 0.97],
  coverageBoots: 8,
  medianDelay: 7,
  soon: 0.8,
} as const;

/** Everything that is simulated. A promise that is not kept is an error in the program, so it is also in the exit code. */
const TABLES: readonly ((effort: Effort) => Printed)[] = [
  quietPairsTable,
  changedPairsTable,
  delayTable,
  coverageTable,
  virtualTable,
];

/** Prints what the statistics do on simulated latencies, and whether they keep what they promise. */
export function main(argv: readonly string[]): ExitCode {
  const startedMs = performance.now();
  const effort = argv.includes('--full') ? 'full' : 'quick';
  const kept = TABLES.map((table) => {
    const { lines, isKept } = table(effort);
    process.stdout.write(`${lines.join('\n')}\n\n`);
    return isKept;
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  const isKept = kept.every(Boolean);
  process.stdout.write(`${isKept ? 'All promises are kept.' : 'Not all promises are kept.'} ${seconds} s.\n`);
  return isKept ? EXIT.ok : EXIT.regression;
}

function delayTable(): Printed {
  const series = 10_000;
  const seriesBeside = 2000;
  const { slower, faster } = CHANGE_LEVELS;
  const names = Object.keys(NIGHTS) as (keyof typeof NIGHTS)[];
  const rows = names.flatMap((nights, place) =>
    [0.1, 0.3, 1, 3, 10].map((factor) => {
      const delays = simulateDelays(
        nights,
        { slower: factor * slower, faster: factor * faster },
        factor === 1 ? series : seriesBeside,
        SEED + place,
      );
      const promise = factor === 1 ? promiseOf(delays, place === 0) : undefined;
      return { ...delays, promise };
    }),
  );
  return {
    lines: [
      `History looked at every night, ${series} series (${seriesBeside} beside the default level): a change in ${QUIET_NIGHTS} nights without one, and nights until a step ` +
        `of +10 % after ${NIGHTS_BEFORE} nights is found`,
      ...textTable(
        [
          text('nights'),
          number('level'),
          number('false alarms'),
          number('delay, median'),
          number(`within ${SOON_NIGHTS}`),
          text('kept'),
        ],
        rows.map(({ nights, levels, falseAlarms, medianDelay, soon, promise }) => [
          nights,
          levels.slower.toExponential(1),
          percent(falseAlarms, 2),
          Number.isFinite(medianDelay) ? String(medianDelay) : 'never',
          percent(soon, 1),
          promise === undefined ? '' : `${yesNo(promise)} (default level)`,
        ]),
      ),
      `promised at the default level: false alarms <= ${percent(PROMISED.falseAlarms)}; with normal noise also delay ` +
        `<= ${PROMISED.medianDelay} nights, and >= ${percent(PROMISED.soon)} within ${SOON_NIGHTS}`,
    ],
    isKept: rows.every(({ promise }) => promise !== false),
  };
}

function promiseOf({ falseAlarms, medianDelay, soon }: ReturnType<typeof simulateDelays>, withDelay: boolean): boolean {
  if (falseAlarms > PROMISED.falseAlarms) return false;
  return !withDelay || (medianDelay <= PROMISED.medianDelay && soon >= PROMISED.soon);
}

function coverageTable(): Printed {
  const runs = 4000;
  const [low, high] = PROMISED.coverage;
  const all = coverages(runs, SEED);
  const noiseNames = [...new Set(all.map(({ noise }) => noise))];
  const rows = noiseNames.flatMap((noise) =>
    ['p50', 'p90', 'p95'].map((quantile) => all.filter((one) => one.noise === noise && one.quantile === quantile)),
  );
  const promised = all.filter(
    ({ noise, boots, given }) => !noise.endsWith('(not promised)') && boots >= PROMISED.coverageBoots && given >= 0.5,
  );
  const isKept = promised.every(({ held = 0 }) => held >= low && held <= high);
  return {
    lines: [
      `How often the 95 % interval holds the true quantile, ${runs} runs, 4 cycles a boot ` +
        '(in brackets: how many runs have boots enough for it, if not all)',
      ...textTable(
        [text('noise'), text(''), ...COVERAGE_BOOTS.map((boots) => number(`${boots} boots`))],
        rows.map((cells) => [cells[0]?.noise ?? '', cells[0]?.quantile ?? '', ...cells.map(coverageCell)]),
      ),
      `promised from ${PROMISED.coverageBoots} boots on, where at least half of the runs get one: ${percent(low)} to ${percent(high)}; kept: ${yesNo(isKept)}`,
    ],
    isKept,
  };
}

function coverageCell({ held, given }: ReturnType<typeof coverages>[number]): string {
  if (held === undefined) return '-';
  return given === 1 ? percent(held, 1) : `${percent(held, 1)} (${percent(given)})`;
}

function text(heading: string) {
  return { heading, align: 'left' as const };
}

function number(heading: string) {
  return { heading, align: 'right' as const };
}

function yesNo(isYes: boolean): string {
  return isYes ? 'yes' : 'NO';
}
