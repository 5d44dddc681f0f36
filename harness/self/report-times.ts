import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSyntheticRun } from '../../report/synthetic-run.ts';
import { writeNight } from '../history/generate.ts';
import { syntheticNights } from '../history/synthetic-nights.ts';
import { ok, type Result } from '../result.ts';
import type { Figure } from './figure.ts';
import { processTimesMs } from './process-time.ts';
import type { SelfContext } from './self-run.ts';

/** A large run: 24 variants with 5160 samples. */
const LARGE = { variants: 24, boots: 5, cycles: 21 };
const LARGE_AIM_MS = 2000;

/** Ten years of nights. Making them takes about a minute. */
const NIGHTS = 3650;
const NIGHT_VARIANTS = 24;
const HISTORY_AIM_MS = 8000;
const SEED = 1;

/** Processes that are timed: each takes seconds. */
const RUNS = 3;

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
  return processTimesMs(process.execPath, ['scripts/bench.mjs', 'report', run], RUNS);
}
