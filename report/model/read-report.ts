import { join } from 'node:path';
import { readRunComparison } from '../../harness/record/comparison-file.ts';
import { readText } from '../../harness/record/read-file.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { readLogs } from './boot-logs.ts';
import { buildModel, type ReportContext } from './build-model.ts';
import type {
  FailureList,
  FailurePart,
  OperationPart,
  ReportModel,
  ScenarioPart,
  VariantPart,
} from './report-model.ts';
import { type GoodSample, isAbout, isGood, partsOf } from './rows.ts';
import { readRunFiles } from './run-files.ts';
import type { SampleRow } from './sample-row.ts';
import { type Timeline, timelineOf } from './timeline.ts';

/**
 * The model of one run directory, or of several side by side, with what they were compared with when they had ended unless
 * other comparisons are given. The page lies in the first one, so the failure is what is wrong with that; another one that
 * is not as it should be is left out, and the page says so.
 */
export async function readReport(
  directories: readonly string[],
  context: ReportContext = {},
): Promise<Result<ReportModel, string>> {
  const files = [];
  const stored = [];
  const leftOut: string[] = [];
  for (const [index, directory] of directories.entries()) {
    const read = readRunFiles(directory);
    if (!read.ok && index === 0) return fail(read.failure);
    if (!read.ok) {
      const line = `left out: ${read.failure}`;
      leftOut.push(line);
      context.say?.(line);
      continue;
    }
    const compared = readRunComparison(directory);
    const missing = compared.ok ? [] : [compared.failure];
    files.push({ ...read.value, missing: [...read.value.missing, ...missing] });
    if (compared.ok && compared.value) stored.push(...compared.value.comparisons);
  }
  const places = new Map(files.map(({ run, directory }) => [run.run_id, directory]));
  const [home, ...others] = files;
  const told = home ? [{ ...home, missing: [...home.missing, ...leftOut] }, ...others] : [];
  const model = buildModel(told, { ...context, comparisons: context.comparisons ?? stored });
  return ok(await withDetails(model, places));
}

/** Failures beyond these are counted, and in samples.csv. */
const MAX_SHOWN_FAILURES = 12;

/** Adds what only recordings and logs have: timelines of single samples, and what was logged when something failed. */
async function withDetails(model: ReportModel, directories: ReadonlyMap<string, string>): Promise<ReportModel> {
  const scenarios = await Promise.all(
    model.scenarios.map(async (scenario) => ({
      ...scenario,
      variants: await Promise.all(
        scenario.variants.map(async (variant) => ({
          ...variant,
          timelines: await timelinesOf(scenario, variant, directories.get(variant.runId)),
        })),
      ),
      failures: await failuresOf(scenario, directories),
    })),
  );
  return { ...model, scenarios };
}

async function timelinesOf(
  scenario: ScenarioPart,
  variant: VariantPart,
  directory: string | undefined,
): Promise<readonly Timeline[]> {
  const own = scenario.samples.filter((sample) => sample.variant === variant.index).filter(isGood);
  const timelines: Timeline[] = [];
  const recordings = new Map<string, string | undefined>();
  for (const { sample, which } of (['plug', 'unplug'] as const).flatMap((operation) =>
    partsOf(variant, operation).flatMap((part) => worthSeeing(own, part)),
  )) {
    const path = variant.boots.find(({ boot }) => boot === sample.boot)?.recording;
    if (directory === undefined || path === undefined) continue;
    if (!recordings.has(path)) {
      const text = readText(join(directory, path));
      recordings.set(path, text.ok ? text.value : undefined);
    }
    const recording = recordings.get(path);
    const timeline = recording === undefined ? undefined : timelineOf(recording, sample, which);
    if (timeline) timelines.push(timeline);
  }
  return timelines;
}

/** The good sample next to the median, and the slowest. */
function worthSeeing(
  samples: readonly GoodSample[],
  part: OperationPart,
): readonly { sample: SampleRow; which: Timeline['which'] }[] {
  const { latency } = part;
  const good = samples.filter((sample) => isAbout(part, sample));
  const [first] = good;
  if (!latency || !first) return [];
  const distance = ({ latencyMs }: GoodSample) => Math.abs(latencyMs - latency.okP50Ms);
  const median = good.reduce((best, one) => (distance(one) < distance(best) ? one : best), first);
  const worst = good.reduce((best, one) => (one.latencyMs > best.latencyMs ? one : best), first);
  if (median === worst) return [{ sample: median, which: 'median and worst' }];
  return [
    { sample: median, which: 'median' },
    { sample: worst, which: 'worst' },
  ];
}

async function failuresOf(
  { samples, variants }: ScenarioPart,
  directories: ReadonlyMap<string, string>,
): Promise<FailureList> {
  const unexpected = samples.filter(({ outcome, isExpected }) => outcome !== 'ok' && !isExpected);
  const failed = unexpected.filter(({ outcome }) => outcome !== 'aborted');
  const shown = await Promise.all(
    failed.slice(0, MAX_SHOWN_FAILURES).map(async (sample): Promise<FailurePart> => {
      const variant = variants[sample.variant];
      const logs = variant?.boots.find(({ boot }) => boot === sample.boot)?.logs;
      const directory = directories.get(variant?.runId ?? '');
      if (logs === undefined || directory === undefined) return { sample, logs: undefined, logFiles: [], excerpts: [] };
      const { files, excerpts } = await readLogs(join(directory, logs));
      return { sample, logs, logFiles: files, excerpts };
    }),
  );
  return { shown, total: failed.length, aborted: unexpected.length - failed.length };
}
