import { styleText } from 'node:util';
import {
  type Comparison,
  type DeadlineComparison,
  metricName,
  type Verdict,
} from '../../harness/statistics/comparison.ts';
import { formatMs } from '../format.ts';
import { type Column, textTable } from './table.ts';

/** Only where a deadline was set. */
const DEADLINE_HEADING = 'late boots';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'operation', align: 'left' },
  { heading: 'base ms', align: 'right' },
  { heading: 'new ms', align: 'right' },
  { heading: 'change', align: 'right' },
  { heading: '95 % interval', align: 'right' },
  { heading: 'p (Holm)', align: 'right' },
  { heading: DEADLINE_HEADING, align: 'right' },
  { heading: 'verdict', align: 'left' },
];

const COLOURS: Readonly<Partial<Record<Verdict, 'red' | 'green' | 'yellow'>>> = {
  regressed: 'red',
  failing: 'red',
  improved: 'green',
  incomparable: 'yellow',
  missing: 'yellow',
};

/** Verdicts whose reason is worth a line of its own. */
const EXPLAINED: readonly Verdict[] = ['regressed', 'failing', 'improved', 'incomparable', 'missing'];

/** Comparisons as lines for a terminal: per scenario a table, then what changed and why, and a count of the verdicts. */
export function comparisonLines(comparisons: readonly Comparison[], colour: boolean): readonly string[] {
  if (comparisons.length === 0) return ['nothing to compare'];
  const scenarios = [...new Set(comparisons.map(({ scenario }) => scenario))];
  return [...scenarios.flatMap((scenario) => scenarioLines(scenario, comparisons, colour)), '', tally(comparisons)];
}

function scenarioLines(scenario: string, comparisons: readonly Comparison[], colour: boolean): readonly string[] {
  const own = comparisons.filter((comparison) => comparison.scenario === scenario);
  const isShown = ({ heading }: Column) => heading !== DEADLINE_HEADING || own.some(({ deadline }) => deadline);
  const [heading = '', rule = '', ...lines] = textTable(
    COLUMNS.filter(isShown),
    own.map((comparison, index) =>
      row(comparison, own[index - 1]?.variant !== comparison.variant).filter((_, at) => isShown(COLUMNS[at] as Column)),
    ),
  );
  const explained = own.filter(({ verdict }) => EXPLAINED.includes(verdict));
  const warnings = [...new Set(own.flatMap((comparison) => comparison.warnings))];
  return [
    '',
    paint(colour, 'bold', `${scenario}: ${labelsOf(own)}`),
    '',
    paint(colour, 'bold', heading),
    rule,
    ...lines.map((line, index) => paintVerdict(colour, own[index]?.verdict, line)),
    ...explained.map((one) => paintVerdict(colour, one.verdict, `${metricName(one)}: ${one.verdict}: ${one.reason}`)),
    ...warnings.map((warning) => paint(colour, 'yellow', `note: ${warning}`)),
  ];
}

/** Within one run every variant is a side of its own, and only the reference is the same for all. */
function labelsOf(comparisons: readonly Comparison[]): string {
  const bases = [...new Set(comparisons.map(({ base }) => base.label))];
  const currents = [...new Set(comparisons.flatMap(({ current }) => current?.label ?? []))];
  return currents.length === 1 ? `${bases.join(', ')} → ${currents[0]}` : `compared with ${bases.join(', ')}`;
}

function row(comparison: Comparison, first: boolean): readonly string[] {
  const { variant, operation, deviceId, base, current, latency, deadline, verdict, moreBoots } = comparison;
  const more = moreBoots === undefined ? '' : ` (${moreBoots} more boots)`;
  return [
    first ? variant : '',
    deviceId === undefined ? operation : `${operation} ${deviceId}`,
    base.medianMs === undefined ? '-' : formatMs(base.medianMs),
    current?.medianMs === undefined ? '-' : formatMs(current.medianMs),
    latency ? change(latency.ratio.value) : '',
    latency?.ratio.ci95 ? latency.ratio.ci95.map(change).join(' to ') : '',
    latency ? pValueText(latency.adjustedPValue) : '',
    deadline ? latenessText(deadline) : '',
    `${verdict}${more}`,
  ];
}

/** `0 → 2 of 5 > 3000`: boots with a sample that was not there within so many milliseconds. */
function latenessText({ limitMs, base, current }: DeadlineComparison): string {
  const before = base.boots === current.boots ? '' : ` of ${base.boots}`;
  return `${base.missedBoots}${before} → ${current.missedBoots} of ${current.boots} > ${formatMs(limitMs)}`;
}

function change(ratio: number): string {
  const percent = 100 * (ratio - 1);
  // A machine that is a hundred times slower is not slower by 9900 %.
  if (ratio >= 10) return `${ratio.toFixed(0)}x`;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function pValueText(pValue: number): string {
  if (pValue >= 0.0995) return pValue.toFixed(2);
  return pValue >= 0.0001 ? pValue.toFixed(4) : '< 0.0001';
}

/** `2 regressed, 18 unchanged`: the worst first. */
function tally(comparisons: readonly Comparison[]): string {
  const order: readonly Verdict[] = [
    'regressed',
    'failing',
    'incomparable',
    'missing',
    'improved',
    'undecided',
    'unchanged',
  ];
  return order
    .map((verdict) => [comparisons.filter((one) => one.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ');
}

function paintVerdict(colour: boolean, verdict: Verdict | undefined, text: string): string {
  const style = verdict && COLOURS[verdict];
  return style ? paint(colour, style, text) : text;
}

function paint(colour: boolean, style: Parameters<typeof styleText>[0], text: string): string {
  // The caller has decided; styleText would look at standard output again, and only there.
  return colour ? styleText(style, text, { validateStream: false }) : text;
}
