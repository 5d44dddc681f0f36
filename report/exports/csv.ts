import { stringify } from 'csv-stringify/sync';
import { triedOf } from '../../harness/record/tried-operations.ts';
import {
  comparisonsOf,
  type ExportedRun,
  type ExportFormat,
  type SummarisedOperation,
  variantOf,
} from './export-format.ts';

type Cell = string | number | undefined;

/** Columns are only ever added, at the end. */
const COLUMNS: readonly (readonly [name: string, value: (run: ExportedRun, operation: SummarisedOperation) => Cell])[] =
  [
    ['run_id', ({ files }) => files.run.run_id],
    ['started_at', ({ files }) => files.run.started_at],
    ['scenario', (_, operation) => operation.scenario],
    ['variant', (_, operation) => operation.variant],
    ['operation', (_, operation) => operation.operation],
    ['accelerator', (run, operation) => variantOf(run, operation)?.accelerator.used],
    ['kernel', (run, operation) => variantOf(run, operation)?.guest.kernel.release],
    ['n_boots', (_, operation) => operation.n_boots],
    ['n_samples', (_, operation) => operation.n_samples],
    ['failures', (_, operation) => operation.failures],
    ['min_ms', (_, operation) => operation.min_ms],
    ['p50_ms', (_, operation) => operation.p50_ms],
    ['p50_ci95_low_ms', (_, operation) => operation.p50_ci95_ms?.low],
    ['p50_ci95_high_ms', (_, operation) => operation.p50_ci95_ms?.high],
    ['p90_ms', (_, operation) => operation.p90_ms],
    ['p95_ms', (_, operation) => operation.p95_ms],
    ['max_ms', (_, operation) => operation.max_ms],
    [
      'verdict',
      (run, operation) =>
        comparisonsOf(run, operation)
          .map(({ verdict }) => verdict)
          .join(' '),
    ],
    ['device_id', (_, operation) => operation.device_id],
    ['ratio_to_baseline', (run, operation) => comparisonsOf(run, operation)[0]?.latency?.ratio.value],
    ['clock', (_, operation) => operation.clock],
    ['boot_mode', (_, operation) => operation.boot_mode],
    ['n_tried', (_, operation) => triedOf(operation).tried],
    ['failure_rate', (_, operation) => failureRate(operation)],
    ['ok_p50_ms', (_, operation) => operation.ok_p50_ms],
    ['censored_above_ms', (_, operation) => operation.censored?.above_ms],
  ];

export const csv: ExportFormat = {
  name: 'csv',
  description: 'a row per run, variant and operation',
  several: true,
  historical: false,
  render: (runs) => ({
    text: stringify([
      COLUMNS.map(([name]) => name),
      ...runs.flatMap((run) =>
        run.files.summary.operations.map((operation) =>
          COLUMNS.map(([name, value]) => cellText(name, value(run, operation))),
        ),
      ),
    ]),
    notes: [],
  }),
};

function failureRate(operation: SummarisedOperation): Cell {
  const { tried, failures } = triedOf(operation);
  return tried === 0 ? undefined : failures / tried;
}

/** As many digits as in samples.csv. */
function cellText(column: string, value: Cell): string | number | undefined {
  return typeof value === 'number' && column.endsWith('_ms') ? value.toFixed(6) : value;
}
