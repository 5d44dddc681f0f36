import { styleText } from 'node:util';
import type { OperationSummary } from '../../harness/statistics/summary.ts';
import { formatMs, formatRatio, quantileText } from '../format.ts';
import { operationName } from '../words.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'operation', align: 'left' },
  { heading: 'boots', align: 'right' },
  { heading: 'n', align: 'right' },
  { heading: 'p50 ms', align: 'right' },
  { heading: '95 % interval', align: 'right' },
  { heading: 'p95 ms', align: 'right' },
  { heading: 'vs ref', align: 'right' },
  { heading: 'late', align: 'right' },
  { heading: 'failures', align: 'left' },
];

/** How one variant was run, for the lines above its table. */
export interface VariantConditions {
  readonly scenario: string;
  readonly accelerator: string;
  readonly why: string;
  readonly kernel: string;
}

/** The run's summary as lines for a terminal: per scenario its conditions, a table, and the warnings behind it. */
export function summaryLines(
  summaries: readonly OperationSummary[],
  conditions: readonly VariantConditions[],
  colour: boolean,
): readonly string[] {
  const scenarios = [...new Set(summaries.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) => {
    const own = summaries.filter((summary) => summary.scenario === scenario);
    const rows = own.map((summary, index) => row(summary, own[index - 1]?.variant !== summary.variant));
    const [heading = '', rule = '', ...lines] = textTable(COLUMNS, rows);
    return [
      '',
      paint(colour, 'bold', scenario),
      ...conditionLines(conditions.filter((c) => c.scenario === scenario)),
      '',
      paint(colour, 'bold', heading),
      rule,
      ...lines.map((line, index) => ((own[index]?.failures ?? 0) > 0 ? paint(colour, 'red', line) : line)),
      ...noteLines(own).map((note) => paint(colour, 'yellow', note)),
    ];
  });
}

function row(summary: OperationSummary, first: boolean): readonly string[] {
  const { latency, deadline, censoring } = summary;
  return [
    first ? summary.variant : '',
    operationName(summary),
    String(summary.boots),
    String(summary.samples),
    quantileText(latency?.p50Ms, censoring),
    latency?.p50Ci95 ? latency.p50Ci95.map(formatMs).join(' to ') : '',
    quantileText(latency?.p95Ms, censoring),
    summary.ratioToReference === undefined ? '' : formatRatio(summary.ratioToReference),
    deadline ? `${deadline.missed} > ${formatMs(deadline.limitMs)}` : '',
    failureText(summary),
  ];
}

/** Each warning once, with the rows it is about unless it is about all or many of them. */
function noteLines(summaries: readonly OperationSummary[]): readonly string[] {
  const warnings = [...new Set(summaries.flatMap((summary) => summary.warnings))];
  return warnings.map((warning) => {
    const about = summaries.filter((summary) => summary.warnings.includes(warning));
    const isNamed = about.length <= NAMED_ROWS && about.length < summaries.length;
    const names = about.map((summary) => `${summary.variant} ${operationName(summary)}`).join(', ');
    return `note: ${isNamed ? `${names}: ` : ''}${warning}`;
  });
}

/** More rows than these are not told apart by a warning that they share. */
const NAMED_ROWS = 3;

function failureText({ failures, outcomes }: OperationSummary): string {
  const kinds = Object.entries(outcomes).filter(([outcome]) => outcome !== 'ok' && outcome !== 'aborted');
  const failed = failures === 0 ? '0' : `${failures}: ${kinds.map(([outcome, n]) => `${n} ${outcome}`).join(', ')}`;
  return outcomes.aborted === undefined ? failed : `${failed}; ${outcomes.aborted} not tried`;
}

/** Variants usually share a kernel and an accelerator: each combination is said once. */
function conditionLines(conditions: readonly VariantConditions[]): readonly string[] {
  const texts = conditions.map(({ accelerator, why, kernel }) => `${accelerator} (${why}); guest kernel ${kernel}`);
  return [...new Set(texts)];
}

function paint(colour: boolean, style: Parameters<typeof styleText>[0], text: string): string {
  // The caller has decided; styleText would look at standard output again, and only there.
  return colour ? styleText(style, text, { validateStream: false }) : text;
}
