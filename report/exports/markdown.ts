import type { Comparison } from '../../harness/statistics/comparison.ts';
import { formatMs, formatRatio } from '../format.ts';
import {
  comparisonsOf,
  type ExportedRun,
  type ExportFormat,
  operationName,
  type SummarisedOperation,
  scenariosOf,
  variantOf,
} from './export-format.ts';
import { failedSamples, failureText } from './failed-samples.ts';

/** Of failed samples: the rest is in samples.csv. */
const SHOWN_FAILURES = 10;

export const markdown: ExportFormat = {
  name: 'markdown',
  description: "tables in GitHub's Markdown, for the summary of a CI job",
  several: false,
  render: ([run]) => ({ text: run ? `${linesOf(run).join('\n')}\n` : '', notes: [] }),
};

function linesOf(run: ExportedRun): readonly string[] {
  const { run: file, missing } = run.files;
  const alarms = run.comparisons.filter(({ verdict }) => verdict === 'regressed' || verdict === 'failing');
  const failures = run.files.summary.operations.flatMap((operation) =>
    failedSamples(run, operation).map(
      (sample) => `${operation.scenario}/${operation.variant} ${operation.operation} ${failureText(sample)}`,
    ),
  );
  return [
    `## hotplug-bench ${text(file.run_id)}`,
    '',
    text([headline(run, alarms), `QEMU: ${file.host.qemu}`, `host: ${file.host.hostname}`].join('; ')),
    ...alarms.flatMap((comparison) => ['', ...alarmLines(comparison)]),
    ...list('Failed', failures.slice(0, SHOWN_FAILURES), failures.length - SHOWN_FAILURES),
    ...scenariosOf(run).flatMap((scenario) => scenarioLines(run, scenario)),
    ...list('Notes', [...new Set([...file.warnings, ...missing])], 0),
  ];
}

function headline({ files, comparisons }: ExportedRun, alarms: readonly Comparison[]): string {
  if (comparisons.length === 0) return `status: ${files.run.status}`;
  const [first] = comparisons;
  const base = first ? ` with ${first.base.label}` : '';
  return alarms.length === 0
    ? `no regression in ${comparisons.length} comparisons${base}`
    : `${alarms.length} of ${comparisons.length} comparisons${base} are regressions or failures`;
}

function alarmLines({
  scenario,
  variant,
  operation,
  deviceId,
  verdict,
  reason,
  phases,
}: Comparison): readonly string[] {
  const name = `${scenario}/${variant} ${operationName({ operation, device_id: deviceId ?? '' })}`;
  return [
    `**${text(verdict)}: ${text(name)}**: ${text(reason)}`,
    ...phases.map(
      ({ phase, baseMs, currentMs }) => `- ${text(phase)}: ${formatMs(baseMs)} ms → ${formatMs(currentMs)} ms`,
    ),
  ];
}

function scenarioLines(run: ExportedRun, scenario: string): readonly string[] {
  const operations = run.files.summary.operations.filter((operation) => operation.scenario === scenario);
  const isCompared = run.comparisons.some((comparison) => comparison.scenario === scenario);
  const missing = run.comparisons.filter((one) => one.scenario === scenario && one.verdict === 'missing');
  const conditions = operations.flatMap((operation) => {
    const variant = variantOf(run, operation);
    return variant ? `${variant.accelerator.used}, ${variant.guest.kernel.description}` : [];
  });
  return [
    '',
    `### ${text(scenario)}`,
    '',
    ...[...new Set(conditions)].map((condition) => `${text(condition)}  `),
    '',
    `| variant | operation | boots | n | p50 ms | 95 % interval | p95 ms | failures |${isCompared ? ' baseline |' : ''}`,
    `| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |${isCompared ? ' --- |' : ''}`,
    ...operations.map((operation) => row(run, operation, isCompared)),
    ...missing.map(({ variant, operation }) => `| ${text(variant)} | ${operation} | | | | | | | missing |`),
    ...list('Warnings', [...new Set(operations.flatMap(({ warnings }) => warnings))], 0),
  ];
}

function row(run: ExportedRun, operation: SummarisedOperation, isCompared: boolean): string {
  const { p50_ci95_ms: interval } = operation;
  const verdicts = comparisonsOf(run, operation).map(({ verdict, latency }) =>
    latency ? `${verdict} ${formatRatio(latency.ratio.value)}` : verdict,
  );
  const cells = [
    operation.variant,
    operationName(operation),
    String(operation.n_boots),
    String(operation.n_samples),
    ms(operation.p50_ms),
    interval ? `${formatMs(interval.low)} to ${formatMs(interval.high)}` : '',
    ms(operation.p95_ms),
    String(operation.failures),
    ...(isCompared ? [verdicts.join(', ')] : []),
  ];
  return `| ${cells.map(text).join(' | ')} |`;
}

function list(title: string, items: readonly string[], more: number): readonly string[] {
  if (items.length === 0) return [];
  return ['', `${title}:`, '', ...items.map((item) => `- ${text(item)}`), ...(more > 0 ? [`- and ${more} more`] : [])];
}

function ms(value: number | undefined): string {
  return value === undefined ? '-' : formatMs(value);
}

/** What Markdown or HTML would take for its own, and what a guest may have printed. */
function text(value: string): string {
  return value
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\\`*_[\]<>|&~#]/g, (character) => `\\${character}`);
}
