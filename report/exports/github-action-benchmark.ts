import { triedOf } from '../../harness/record/tried-operations.ts';
import { formatMs } from '../format.ts';
import { type ExportFormat, metricName } from './export-format.ts';

/**
 * What github-action-benchmark reads with `tool: customSmallerIsBetter` (its src/extract.ts): a list of names with a value and a
 * unit. It compares two values by their ratio alone, so a failure rate, which is mostly 0, is in `extra`, not an entry.
 */
export const githubActionBenchmark: ExportFormat = {
  name: 'github-action-benchmark',
  description: 'a list of medians for github-action-benchmark, tool customSmallerIsBetter',
  several: false,
  historical: false,
  render: ([run]) => {
    const operations = run?.files.summary.operations ?? [];
    const entries = operations.flatMap((one) => {
      if (one.p50_ms === undefined) return [];
      const { tried, failures } = triedOf(one);
      const interval = one.p50_ci95_ms;
      return [
        {
          name: metricName(one),
          unit: 'ms',
          value: Number(one.p50_ms.toFixed(6)),
          ...(interval && { range: `95 % CI ${formatMs(interval.low)} to ${formatMs(interval.high)}` }),
          extra: `${one.n_boots} boots, ${one.n_samples} samples, ${failures} of ${tried} failed`,
        },
      ];
    });
    const notes = operations
      .filter((one) => one.p50_ms === undefined)
      .map((one) => `${metricName(one)} is left out: its median is not known, since too few of its operations ended`);
    return { text: `${JSON.stringify(entries, null, 2)}\n`, notes };
  },
};
