import type { History } from '../../harness/history/history.ts';
import { hostNoiseTexts } from '../../harness/record/host-noise.ts';
import { triedOf } from '../../harness/record/tried-operations.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import type { VersionTable } from '../../harness/statistics/version-table.ts';
import { formatMs, formatRatio, quantileText } from '../format.ts';
import { REFERENCE_WORDS } from '../terminal/reference-verdicts.ts';
import { isNothingDecided, undecidedText } from '../undecided.ts';
import { cellText, marksOf, noChangeText, noiseText, VERSION_KEY, versionChanges } from '../version-changes.ts';
import { operationName, unitOf } from '../words.ts';
import {
  comparedName,
  comparisonsApart,
  comparisonsOf,
  type ExportedRun,
  type ExportFormat,
  operationName as exportedName,
  referenceComparisons,
  referenceComparisonsOf,
  type SummarisedOperation,
  scenariosOf,
  variantOf,
} from './export-format.ts';
import { allFailures, bootFailures, failureText } from './failed-samples.ts';
import { type HistoryRegression, historyRegressions } from './history-regressions.ts';

/** Of failed samples: the rest is in samples.csv. */
const SHOWN_FAILURES = 10;

export const markdown: ExportFormat = {
  name: 'markdown',
  description: "tables in GitHub's Markdown, for the summary of a CI job",
  several: false,
  historical: true,
  render: ([run]) => ({ text: run ? `${linesOf(run).join('\n')}\n` : '', notes: [] }),
};

function linesOf(run: ExportedRun): readonly string[] {
  const { run: file, missing } = run.files;
  const alarms = run.comparisons.filter(({ verdict }) => verdict === 'regressed' || verdict === 'failing');
  const failures = [
    ...bootFailures(run).map(
      ({ scenario, variant, boot, text: failure }) =>
        `${scenario}/${variant} boot ${boot}, between operations: ${failure}`,
    ),
    ...allFailures(run).map(
      ({ scenario, variantName, sample }) => `${scenario}/${variantName} ${sample.operation} ${failureText(sample)}`,
    ),
  ];
  const regressions = run.history ? historyRegressions(run.history) : [];
  const news = [headline(run, alarms), ...badNews(failures, regressions)];
  return [
    `## hotplug-bench ${text(file.run_id)}`,
    '',
    text([...news, `QEMU: ${file.host.qemu}`, `host: ${file.host.hostname}`].join('; ')),
    ...alarms.flatMap((comparison) => ['', ...alarmLines(run, comparison)]),
    ...(run.history ? historyLines(run.history, regressions) : []),
    ...list('The host was not quiet', hostNoiseTexts(file), 0),
    ...list('Lost', lossTexts(run), 0),
    ...list('Failed', failures.slice(0, SHOWN_FAILURES), failures.length - SHOWN_FAILURES),
    ...scenariosOf(run).flatMap((scenario) => scenarioLines(run, scenario)),
    ...list('Notes', [...new Set([...(file.warnings ?? []), ...missing])], 0),
  ];
}

/** What was lost, by boot and kind. */
function lossTexts({ files }: ExportedRun): readonly string[] {
  return files.run.boots.flatMap(({ scenario, variant, boot, losses }) =>
    losses.map(({ kind, meaning, count }) => `${scenario}/${variant} boot ${boot}: ${kind} (${count}): ${meaning}`),
  );
}

function headline({ files, comparisons }: ExportedRun, alarms: readonly Comparison[]): string {
  const [first] = comparisons;
  if (!first) return `status: ${files.run.status}`;
  const { label } = first.base;
  if (isNothingDecided(comparisons)) return `nothing was decided: ${undecidedText(comparisons)} (${label})`;
  const open = undecidedText(comparisons);
  const all = `${comparisons.length} comparisons with ${label}`;
  // The worst comes first: a reader may stop there.
  if (alarms.length > 0)
    return [`${alarms.length} of ${all} are regressions or failures`, open ?? []].flat().join('; ');
  return open === undefined ? `no regression in ${all}` : `${open} (${label}); the others are no worse`;
}

/** What else a reader must not miss. */
function badNews(failures: readonly string[], regressions: readonly HistoryRegression[]): readonly string[] {
  return [
    ...(failures.length === 0 ? [] : [`failed: ${failures.length}`]),
    ...(regressions.length === 0 ? [] : [`regressions in the history: ${regressions.length}`]),
  ];
}

function alarmLines(run: ExportedRun, comparison: Comparison): readonly string[] {
  const { scenario, variant, verdict, reason, phases } = comparison;
  const name = `${scenario}/${variant} ${comparedName(run, comparison)}`;
  return [
    `**${text(verdict)}: ${text(name)}**: ${text(reason)}`,
    ...phases.map(
      ({ phase, baseMs, currentMs }) => `- ${text(phase)}: ${formatMs(baseMs)} ms → ${formatMs(currentMs)} ms`,
    ),
  ];
}

function historyLines({ runs }: History, regressions: readonly HistoryRegression[]): readonly string[] {
  if (regressions.length === 0) return ['', `History: no regression, runs: ${runs}`];
  const items = regressions.map(
    (one) => `${one.scenario}/${one.variant} ${one.name}: ${one.kind === 'failing' ? 'failing ' : ''}${one.text}`,
  );
  return list('History: regressed', items, 0);
}

function scenarioLines(run: ExportedRun, scenario: string): readonly string[] {
  const operations = run.files.summary.operations.filter((operation) => operation.scenario === scenario);
  const isCompared = run.comparisons.some((comparison) => comparison.scenario === scenario);
  const [reference] = referenceComparisons(run).filter((comparison) => comparison.scenario === scenario);
  const missing = comparisonsApart(run).filter((comparison) => comparison.scenario === scenario);
  const conditions = operations.flatMap((operation) => {
    const variant = variantOf(run, operation);
    return variant ? `${variant.accelerator.used}, ${variant.guest.kernel.description}` : [];
  });
  const columns: readonly Column[] = [
    ...COLUMNS,
    ...(reference ? [{ heading: `against ${reference.base.label}`, cell: referenceCell }] : []),
    ...(isCompared ? [{ heading: 'baseline', cell: baselineCell }] : []),
  ];
  return [
    '',
    `### ${text(scenario)}`,
    '',
    ...[...new Set(conditions)].map((condition) => `${text(condition)}  `),
    '',
    tableRow(columns.map(({ heading }) => heading)),
    `| ${columns.map(({ isNumber }) => (isNumber ? '---:' : '---')).join(' | ')} |`,
    ...operations.map((operation) => tableRow(columns.map(({ cell }) => cell(operation, run)))),
    ...missing.map((comparison) => {
      const [variant, operation, verdict] = [comparison.variant, comparedName(run, comparison), comparison.verdict];
      return tableRow([variant, operation, ...columns.slice(3).map(() => ''), verdict]);
    }),
    ...run.files.summary.versions
      .filter((table) => table.scenario === scenario)
      .flatMap((table) => markdownVersions(table, text)),
    ...list('Warnings', [...new Set(operations.flatMap(({ warnings }) => warnings))], 0),
  ];
}

interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
  readonly cell: (operation: SummarisedOperation, run: ExportedRun) => string;
}

const COLUMNS: readonly Column[] = [
  { heading: 'variant', cell: ({ variant }) => variant },
  { heading: 'operation', cell: exportedName },
  { heading: 'boots', isNumber: true, cell: ({ n_boots: boots }) => String(boots) },
  { heading: 'n', isNumber: true, cell: ({ n_samples: samples }) => String(samples) },
  {
    heading: 'p50 ms',
    isNumber: true,
    cell: ({ p50_ms: median, censored }) => quantileText(median, limitOf(censored)),
  },
  {
    heading: '95 % interval',
    cell: ({ p50_ci95_ms: interval }) => (interval ? `${formatMs(interval.low)} to ${formatMs(interval.high)}` : ''),
  },
  { heading: 'p95 ms', isNumber: true, cell: ({ p95_ms: high, censored }) => quantileText(high, limitOf(censored)) },
  { heading: 'failures', isNumber: true, cell: failuresCell },
];

function baselineCell(operation: SummarisedOperation, run: ExportedRun): string {
  return comparisonsOf(run, operation)
    .map(({ verdict, latency }) => (latency ? `${verdict} ${formatRatio(latency.ratio.value)}` : verdict))
    .join(', ');
}

function referenceCell(operation: SummarisedOperation, run: ExportedRun): string {
  return referenceComparisonsOf(run, operation)
    .map(({ verdict, latency }) => {
      const word = REFERENCE_WORDS[verdict];
      return latency ? `${word} ${formatRatio(latency.ratio.value)}` : word;
    })
    .join(', ');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(text).join(' | ')} |`;
}

function list(title: string, items: readonly string[], more: number): readonly string[] {
  if (items.length === 0) return [];
  return ['', `${title}:`, '', ...items.map((item) => `- ${text(item)}`), ...(more > 0 ? [`- and ${more} more`] : [])];
}

function failuresCell(operation: SummarisedOperation): string {
  const { tried, failures } = triedOf(operation);
  const untried = operation.n_samples - tried;
  return untried === 0 ? String(failures) : `${failures}; ${untried} not tried`;
}

function limitOf(censored: SummarisedOperation['censored']) {
  return censored && { aboveMs: censored.above_ms };
}

/** What Markdown or HTML would take for its own, and what a guest may have printed. */
function text(value: string): string {
  return value
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\\`*_[\]<>|&~#]/g, (character) => `\\${character}`);
}

/** One operation with the versions across, as a table of GitHub's Markdown, and what changed under it. */
function markdownVersions(table: VersionTable, text: (value: string) => string): readonly string[] {
  const { kernels, qemus, machines, warnings } = table;
  const rowOf = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  const noise = noiseText(table);
  const changes = versionChanges(table).map((change) => change.text);
  const found = changes.length > 0 ? changes : [noChangeText(table)];
  const below = [...found, noise, ...warnings].filter((line) => line !== undefined);
  return [
    '',
    `#### ${text(`${operationName(table)} over versions, ${unitOf(table.clock)}`)}`,
    '',
    text(VERSION_KEY),
    '',
    rowOf(['machine', 'guest', ...qemus.map((qemu) => `QEMU ${qemu}`)]),
    `| --- | --- |${' ---: |'.repeat(qemus.length)}`,
    ...machines.flatMap((machine) =>
      kernels.flatMap((kernel, index) => {
        const cells = machine.cells.filter((cell) => cell.kernel === index);
        if (cells.length === 0) return [];
        const figures = qemus.map((_, qemu) => {
          const cell = cells.find((one) => one.qemu === qemu);
          if (!cell) return '-';
          const marks = marksOf(machine, machine.cells.indexOf(cell));
          return [cellText(cell), ...marks.map(({ arrow, text: what }) => arrow + what)].join(' ');
        });
        return [rowOf([machine.label, `Linux ${kernel}`, ...figures])];
      }),
    ),
    '',
    ...below.map((line) => `- ${text(line)}`),
  ];
}
