import { textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { COVERAGE_BOOTS, coverages } from './coverage.ts';
import { quietFoldersTable, stepsTable } from './history-tables.ts';
import { changedPairsTable, quietPairsTable } from './pair-tables.ts';
import { type Effort, type Printed, percent } from './table.ts';
import { virtualTable } from './virtual-table.ts';

const SEED = 20260131;

/** What intervals promise. */
const PROMISED = {
  coverage: [0.93, 0.97],
  coverageBoots: 8,
} as const;

/** Everything that is simulated. A promise that is not kept is an error in the program, so it is also in the exit code. */
const TABLES: readonly ((effort: Effort) => Printed)[] = [
  quietPairsTable,
  changedPairsTable,
  quietFoldersTable,
  stepsTable,
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
