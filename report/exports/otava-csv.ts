import { stringify } from 'csv-stringify/sync';
import type { ExportedRun, ExportFormat, SummarisedOperation } from './export-format.ts';

/**
 * Apache Otava's CSV importer (otava/importer.py, CsvImporter) reads a row per run: a column with the time, columns that
 * it only shows (`attributes`), and a column per metric. It stops at a cell that is no number, so a run that lacks a
 * median of the newest run is left out. Median latencies in milliseconds, where lower is better: `direction: -1`.
 */
export const otavaCsv: ExportFormat = {
  name: 'otava',
  description: 'Apache Otava: a row per run, a column per variant and operation (median, ms)',
  several: true,
  historical: false,
  render: (runs) => {
    const metrics = [...mediansOf(runs.at(-1)).keys()];
    const notes: string[] = [];
    const rows = runs.flatMap((run) => {
      const medians = mediansOf(run);
      const missing = metrics.filter((metric) => !medians.has(metric));
      const { run_id: runId, started_at: startedAt, tool, host } = run.files.run;
      if (missing.length > 0) {
        notes.push(`${runId} is left out: it has no median of ${missing.join(', ')}`);
        return [];
      }
      return [
        [startedAt, runId, tool.commit, String(host.hostname ?? ''), ...metrics.map((metric) => medians.get(metric))],
      ];
    });
    return { text: stringify([['time', 'run_id', 'commit', 'host', ...metrics], ...rows]), notes };
  },
};

function mediansOf(run: ExportedRun | undefined): ReadonlyMap<string, string> {
  const operations = run?.files.summary.operations ?? [];
  return new Map(
    operations.flatMap((one) => (one.p50_ms === undefined ? [] : [[metricName(one), one.p50_ms.toFixed(6)]])),
  );
}

/** Restored guests and the virtual clock make series of their own, for everything that is done to them. */
function metricName({ scenario, variant, operation, device_id: device, boot_mode: mode, clock }: SummarisedOperation) {
  const notes = [device, ...(mode === 'fresh' ? [] : [mode]), ...(clock === 'real' ? [] : [clock])];
  return [scenario, variant, operation, ...notes].filter((part) => part !== '').join('.');
}
