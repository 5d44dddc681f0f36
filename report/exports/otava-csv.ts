import { stringify } from 'csv-stringify/sync';
import { triedOf } from '../../harness/record/tried-operations.ts';
import { type ExportedRun, type ExportFormat, metricName } from './export-format.ts';

/**
 * Apache Otava's CSV importer (otava/importer.py, CsvImporter) reads a row per run: a column with the time, columns that
 * it only shows (`attributes`), and a column per metric. It stops at a cell that is no number, so a run that lacks a
 * figure of the newest run is left out. Median latencies in milliseconds, which are not there where too many operations
 * failed for a median to be known, and the share of the tried operations that failed. Of both, lower is better:
 * `direction: -1`.
 */
export const otavaCsv: ExportFormat = {
  name: 'otava',
  description: 'Apache Otava: a row per run, two columns per variant and operation (median in ms, failure rate)',
  several: true,
  historical: false,
  render: (runs) => {
    const metrics = [...figuresOf(runs.at(-1)).keys()];
    const notes: string[] = [];
    const rows = runs.flatMap((run) => {
      const figures = figuresOf(run);
      const missing = metrics.filter((metric) => !figures.has(metric));
      const { run_id: runId, started_at: startedAt, tool, host } = run.files.run;
      if (missing.length > 0) {
        notes.push(`${runId} is left out: it has no ${missing.join(', ')}`);
        return [];
      }
      return [
        [startedAt, runId, tool.commit, String(host.hostname ?? ''), ...metrics.map((metric) => figures.get(metric))],
      ];
    });
    return { text: stringify([['time', 'run_id', 'commit', 'host', ...metrics], ...rows]), notes };
  },
};

function figuresOf(run: ExportedRun | undefined): ReadonlyMap<string, string> {
  const operations = run?.files.summary.operations ?? [];
  return new Map([
    ...operations.flatMap((one): [string, string][] =>
      one.p50_ms === undefined ? [] : [[metricName(one), one.p50_ms.toFixed(6)]],
    ),
    ...operations.flatMap((one): [string, string][] => {
      const { tried, failures } = triedOf(one);
      return tried === 0 ? [] : [[`${metricName(one)}.failure_rate`, (failures / tried).toFixed(6)]];
    }),
  ]);
}
