import { Bench, type Statistics } from 'tinybench';
import { groupSamples } from '../statistics/groups.ts';
import { type LatencySummary, summariseLatency } from '../statistics/latency-summary.ts';
import type { Sample } from '../vocabulary.ts';

/** What a summary and tinybench both compute, by its name in each. The other percentiles of a summary it does not have. */
const SHARED = [
  ['minMs', 'min'],
  ['okP50Ms', 'p50'],
  ['madMs', 'mad'],
  ['maxMs', 'max'],
] as const satisfies readonly (readonly [keyof LatencySummary, keyof Statistics])[];

/**
 * The summary of these samples less what tinybench, which shares no code with it, makes of the same latencies, in
 * milliseconds: one difference per operation and statistic.
 */
export function summaryLessTinybench(samples: readonly Sample[]): readonly number[] {
  return groupSamples(samples).flatMap((group) => {
    const good = group.samples.filter((sample) => sample.outcome === 'ok');
    if (good.length === 0) return [];
    const { summary } = summariseLatency(good);
    const theirs = statisticsOf(good.map(({ latencyMs }) => latencyMs));
    return SHARED.map(([own, other]) => summary[own] - theirs[other]);
  });
}

/** tinybench's statistics of durations that it has not measured itself. */
function statisticsOf(durationsMs: readonly number[]): Statistics {
  const left = [...durationsMs];
  const bench = new Bench({ time: 0, iterations: durationsMs.length, warmup: false });
  bench.add('given', () => ({ overriddenDuration: left.shift() }), { async: false });
  const [task] = bench.runSync();
  if (task?.result.state !== 'completed' || task.result.latency.samplesCount !== durationsMs.length)
    throw new Error(`tinybench has not taken ${durationsMs.length} durations: ${task?.result.state}`);
  return task.result.latency;
}
