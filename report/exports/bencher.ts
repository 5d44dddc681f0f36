import { triedOf } from '../../harness/record/tried-operations.ts';
import { type ExportFormat, metricName } from './export-format.ts';

/**
 * Bencher Metric Format (bencher.dev/bmf.json): a benchmark per variant and operation. Its measure `latency` is in nanoseconds: the
 * median with the ends of its 95 % interval; not there where too many operations failed for a median to be known. The share of the
 * tried operations that failed is a measure of its own, `failure-rate`.
 */
export const bencher: ExportFormat = {
  name: 'bencher',
  description: 'Bencher Metric Format: medians with the ends of their 95 % intervals, and failure rates',
  several: false,
  historical: false,
  render: ([run]) => {
    const benchmarks = (run?.files.summary.operations ?? []).map((one) => {
      const { tried, failures } = triedOf(one);
      const measures = {
        ...(one.p50_ms !== undefined && {
          latency: {
            value: nanoseconds(one.p50_ms),
            ...(one.p50_ci95_ms && {
              lower_value: nanoseconds(one.p50_ci95_ms.low),
              upper_value: nanoseconds(one.p50_ci95_ms.high),
            }),
          },
        }),
        ...(tried > 0 && { 'failure-rate': { value: failures / tried } }),
      };
      return [metricName(one), measures] as const;
    });
    return { text: `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`, notes: [] };
  },
};

function nanoseconds(valueMs: number): number {
  return Math.round(valueMs * 1e6);
}
