import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeSyntheticRun } from '../../report/synthetic-run.ts';
import { writeNight } from '../history/generate.ts';
import { syntheticNights } from '../history/synthetic-nights.ts';
import { projectRoot } from '../project-root.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Figure } from './figure.ts';
import type { SelfContext } from './self-run.ts';

/** Each command is run so often and timed, unless it is told otherwise, after once for the page cache. */
const RUNS = 10;

/** Wall time of a whole process in the checkout, from before its start to its exit, in milliseconds. */
async function processTimesMs(
  command: string,
  args: readonly string[],
  runs = RUNS,
): Promise<Result<readonly number[], string>> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const before = performance.now();
    const { failed, originalMessage } = await execa(command, args, {
      cwd: projectRoot,
      stdio: 'ignore',
      reject: false,
    });
    times.push(performance.now() - before);
    if (failed) return fail(`${[command, ...args].join(' ')} failed: ${originalMessage ?? 'see its own output'}`);
  }
  return ok(times.slice(1));
}

const HELP_AIM_MS = 250;
const SET_UP_AIM_MS = 300;

const START_UPS = [
  {
    what: 'start to --help, node scripts/bench.mjs, ms',
    command: [process.execPath, 'scripts/bench.mjs', '--help'],
    aim: HELP_AIM_MS,
    how: 'a',
  },
  {
    what: 'start to --help, npm run bench, ms',
    command: ['npm', 'run', '--silent', 'bench', '--', '--help'],
    aim: HELP_AIM_MS,
    how: 'a',
  },
  { what: 'second set-up, ms', command: [process.execPath, 'scripts/setup.mjs'], aim: SET_UP_AIM_MS, how: 'b' },
] as const;

/** How long it takes until the command line answers, and until set-up has seen that there is nothing to do. */
export async function startUpFigures(): Promise<Result<readonly Figure[], string>> {
  const figures: Figure[] = [];
  for (const { command, ...about } of START_UPS) {
    const [program, ...args] = command;
    const times = await processTimesMs(program, args);
    if (!times.ok) return times;
    figures.push({ ...about, readings: times.value });
  }
  return ok(figures);
}

/** A large run: 24 variants with 5160 samples. */
const LARGE = { variants: 24, boots: 5, cycles: 21 };
const LARGE_AIM_MS = 2000;

/** Ten years of nights. Making them takes about a minute. */
const NIGHTS = 3650;
const NIGHT_VARIANTS = 24;
const HISTORY_AIM_MS = 8000;
const SEED = 1;

/** Processes that are timed: each takes seconds. */
const REPORT_RUNS = 3;

/** How long `bench report` takes on a large run, and on a run with a long history, from runs that nobody made. */
export async function reportFigures({ scratch, note }: SelfContext): Promise<Result<readonly Figure[], string>> {
  note(`the report of a run with ${LARGE.variants} variants`);
  const large = join(scratch, 'large-run', 'run');
  const variants = Array.from({ length: LARGE.variants }, (_, index) => `variant-${index + 1}`);
  await writeSyntheticRun(large, { runId: 'run', scenario: 'synthetic', ...LARGE, variants });
  const ofRun = await reportTimesMs(large);
  if (!ofRun.ok) return ofRun;

  note(`the report of a run with a history of ${NIGHTS}`);
  const nights = join(scratch, 'nights');
  await mkdir(nights);
  let newest = '';
  for (const night of syntheticNights(NIGHTS, NIGHT_VARIANTS, SEED)) newest = await writeNight(nights, night);
  const ofHistory = await reportTimesMs(newest);
  if (!ofHistory.ok) return ofHistory;

  return ok([
    { what: 'report of 24 variants, 5160 samples, ms', readings: ofRun.value, aim: LARGE_AIM_MS, how: 'h' },
    { what: `report with a history of ${NIGHTS} runs, ms`, readings: ofHistory.value, aim: HISTORY_AIM_MS, how: 'h' },
  ]);
}

function reportTimesMs(run: string): Promise<Result<readonly number[], string>> {
  return processTimesMs(process.execPath, ['scripts/bench.mjs', 'report', run], REPORT_RUNS);
}
