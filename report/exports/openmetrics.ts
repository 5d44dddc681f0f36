import { triedOf } from '../../harness/record/tried-operations.ts';
import type { ExportedRun, ExportFormat, SummarisedOperation } from './export-format.ts';
import { comparisonsOf, variantOf } from './export-format.ts';

/** A metric family. All are gauges: a run is a state of the world until the next, and Prometheus' own text format, which
 * a node exporter reads, has no other type that fits. */
interface Family {
  readonly name: string;
  readonly unit?: 'seconds' | 'ratio';
  readonly help: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const PREFIX = 'hotplug_bench';

/**
 * OpenMetrics 1.0 text. What it has more than Prometheus' text format (UNIT, EOF) is a comment there, so that the file
 * serves for the textfile collector of a node exporter, too.
 */
export const openmetrics: ExportFormat = {
  name: 'openmetrics',
  description: "OpenMetrics text, for the textfile directory of Prometheus' node exporter",
  several: false,
  historical: false,
  render: ([run]) => ({
    text: [...(run ? familiesOf(run).flatMap(familyLines) : []), '# EOF', ''].join('\n'),
    notes: [],
  }),
};

function familiesOf(run: ExportedRun): readonly Family[] {
  const { run: file, summary } = run.files;
  const of = (figure: (operation: SummarisedOperation) => number | undefined): readonly Point[] =>
    summary.operations.flatMap((operation) => {
      const value = figure(operation);
      return value === undefined ? [] : [{ labels: labelsOf(run, operation), value }];
    });
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);
  const one = (value: number, labels: Readonly<Record<string, string>> = {}): readonly Point[] => [{ labels, value }];
  const finished = file.finished_at ? one(Date.parse(file.finished_at) / 1000) : [];
  return [
    {
      name: 'run_info',
      help: 'The run that these figures are from, always 1.',
      points: one(1, {
        run_id: file.run_id,
        status: file.status,
        version: file.tool.version,
        commit: file.tool.commit,
        host: String(file.host.hostname ?? ''),
        qemu: String(file.host.qemu ?? ''),
      }),
    },
    {
      name: 'run_start_timestamp_seconds',
      unit: 'seconds',
      help: 'When the run started, in seconds since 1970.',
      points: one(Date.parse(file.started_at) / 1000),
    },
    {
      name: 'run_end_timestamp_seconds',
      unit: 'seconds',
      help: 'When the run ended, in seconds since 1970.',
      points: finished,
    },
    {
      name: 'latency_median_seconds',
      unit: 'seconds',
      help: 'Median latency of the operations that were tried; none where too many failed for it to be known.',
      points: of(({ p50_ms: ms }) => seconds(ms)),
    },
    {
      name: 'latency_p90_seconds',
      unit: 'seconds',
      help: '90th percentile of the latency of the operations that were tried.',
      points: of(({ p90_ms: ms }) => seconds(ms)),
    },
    {
      name: 'latency_p95_seconds',
      unit: 'seconds',
      help: '95th percentile of the latency of the operations that were tried.',
      points: of(({ p95_ms: ms }) => seconds(ms)),
    },
    {
      name: 'phase_median_seconds',
      unit: 'seconds',
      help: 'Median duration of a phase of an operation.',
      points: summary.operations.flatMap((operation) =>
        (operation.phases?.medians ?? []).map(({ phase, kind, duration_ms: ms }) => ({
          labels: { ...labelsOf(run, operation), phase, kind },
          value: ms / 1000,
        })),
      ),
    },
    {
      name: 'boots',
      help: 'Fresh machines that were measured.',
      points: of(({ n_boots: boots }) => boots),
    },
    {
      name: 'samples',
      help: 'Operations that were measured, good or failed.',
      points: of(({ n_samples: samples }) => samples),
    },
    {
      name: 'failed_samples',
      help: 'Operations that failed.',
      points: of((operation) => triedOf(operation).failures),
    },
    {
      name: 'failure_ratio',
      unit: 'ratio',
      help: 'Share of the operations that were tried which failed.',
      points: of((operation) => {
        const { tried, failures } = triedOf(operation);
        return tried === 0 ? undefined : failures / tried;
      }),
    },
    {
      name: 'verdict',
      help: 'The verdict of the comparison with the baseline, always 1.',
      points: summary.operations.flatMap((operation) =>
        comparisonsOf(run, operation).map(({ verdict }) => ({
          labels: { ...labelsOf(run, operation), verdict },
          value: 1,
        })),
      ),
    },
  ];
}

function labelsOf(run: ExportedRun, operation: SummarisedOperation): Readonly<Record<string, string>> {
  return {
    scenario: operation.scenario,
    variant: operation.variant,
    operation: operation.operation,
    ...(operation.device_id === '' ? {} : { device_id: operation.device_id }),
    accelerator: variantOf(run, operation)?.accelerator.used ?? '',
    clock: operation.clock,
    boot_mode: operation.boot_mode,
  };
}

function familyLines({ name, unit, help, points }: Family): readonly string[] {
  if (points.length === 0) return [];
  const full = `${PREFIX}_${name}`;
  return [
    `# TYPE ${full} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${full} ${unit}`]),
    `# HELP ${full} ${help}`,
    ...points.map(({ labels, value }) => `${full}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** OpenMetrics 1.0, "escaped-string". */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
