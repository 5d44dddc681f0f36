import type { OperationName } from '../../harness/vocabulary.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { PhasePart, ScenarioPart } from '../model/report-model.ts';
import { partsOf, rowLabel } from '../model/rows.ts';
import { KIND_FILL, KIND_WORDS } from '../palette.ts';
import { labelOf, list, msOf, percent, unitOf } from '../words.ts';
import { CHART_WIDTH, type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';

/** Pixels that a character of a label takes. */
const CHARACTER_WIDTH = 6.8;
/** Of the longest bar: beside its end stands its latency. */
const AXIS_LENGTH = 1.12;
const ROW_HEIGHT = 28;
/** Variants that a caption names. */
const MAX_NAMED = 5;

/** A duration with its unit. */
type Words = (durationMs: number) => string;

interface Bar {
  readonly variant: string;
  /** Its name in the chart. */
  readonly row: string;
  /** The median latency; without the waits, the sum of the phases' medians. */
  readonly totalMs: number;
  readonly phases: readonly PhasePart[];
}

/**
 * Where the time of an operation goes: its phases end to end, by variant. With `workOnly`, fixed waits are left out and
 * the axis is as long as what remains: beside a wait of seconds, milliseconds of work do not show.
 */
export function waterfallChart(
  scenario: ScenarioPart,
  operation: OperationName,
  { workOnly }: { readonly workOnly: boolean },
): Chart | undefined {
  const all = barsOf(scenario, operation);
  const hasWaits = all.some(({ phases }) => phases.some(({ kind }) => kind === 'fixed-wait'));
  if (all.length === 0 || (workOnly && !hasWaits)) return undefined;
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const bars = workOnly ? all.map(withoutWaits) : all;
  // Medians of phases need not add up to the median of their sums.
  const longestMs = Math.max(...bars.map(({ phases }) => sum(phases)));
  const labels = bars.map(({ row }) => row);
  const y = { field: 'row', type: 'nominal', title: null, scale: { domain: labels } } as const;
  const x = {
    field: 'from',
    type: 'quantitative',
    title: `${unitOf(clock)}${workOnly ? ', fixed waits left out' : SINCE[operation]}`,
    scale: { nice: false, domainMax: longestMs * AXIS_LENGTH, domainMin: 0 },
    axis: { tickCount: 8, format: '~r' },
  } as const;
  return {
    id: `${scenario.slug}-${workOnly ? 'work' : 'waterfall'}-${operation}`,
    title: workOnly ? `${operation}: what is left without the fixed waits` : `${operation}: where the time goes`,
    caption: workOnly ? workCaption(bars, ms) : waterfallCaption(all, operation, ms),
    alternative: `${bars.map(({ row, phases }) => `${row}: ${phases.map(({ name, durationMs }) => `${name} ${ms(durationMs)}`).join(', ')}`).join('. ')}.`,
    spec: {
      ...COMMON,
      height: { step: ROW_HEIGHT },
      params: [HIDDEN_PARAMETER],
      layer: [
        {
          data: { name: 'phases' },
          transform: withoutHidden,
          mark: { type: 'bar', stroke: 'var(--paper)', height: { band: 0.78 } },
          encoding: {
            x,
            x2: { field: 'to' },
            y,
            fill: { field: 'fill', type: 'nominal', scale: null },
            strokeWidth: { field: 'edge', type: 'quantitative', scale: null },
            tooltip: { field: 'tip', type: 'nominal' },
          },
        },
        {
          data: { name: 'labels' },
          transform: [...withoutHidden, { filter: 'datum.least <= width' }],
          mark: { type: 'text', fontSize: 11 },
          encoding: {
            x: { ...x, field: 'middle' },
            y,
            text: { field: 'label', type: 'nominal' },
            color: { field: 'colour', type: 'nominal', scale: null },
          },
        },
        {
          data: { name: 'totals' },
          transform: withoutHidden,
          mark: { type: 'text', align: 'left', dx: 6, fontWeight: 600 },
          encoding: { x: { ...x, field: 'to' }, y, text: { field: 'label', type: 'nominal' } },
        },
      ],
    },
    data: {
      phases: bars.flatMap((bar) => phaseRows(bar, longestMs, ms)),
      labels: bars.flatMap((bar) => labelRows(bar, longestMs)),
      totals: bars.map(({ variant, row, totalMs, phases }) => ({
        variant,
        row,
        to: sum(phases),
        label: labelOf(totalMs, clock),
      })),
    },
    files: ['phases.csv', 'summary.json'],
    isInteractive: true,
  };
}

function barsOf({ variants }: ScenarioPart, operation: OperationName): readonly Bar[] {
  return variants.flatMap((variant) =>
    partsOf(variant, operation).flatMap((part) => {
      const { phases, latency } = part;
      if (phases.length === 0 || !latency) return [];
      return [{ variant: variant.label, row: rowLabel(variant, part), phases, totalMs: latency.okP50Ms }];
    }),
  );
}

function withoutWaits({ phases, ...bar }: Bar): Bar {
  const work = phases.filter(({ kind }) => kind !== 'fixed-wait');
  return { ...bar, phases: work, totalMs: sum(work) };
}

function sum(phases: readonly PhasePart[]): number {
  return phases.reduce((total, { durationMs }) => total + durationMs, 0);
}

interface Placed {
  readonly phase: PhasePart;
  readonly from: number;
  readonly to: number;
}

function placed({ phases }: Bar): readonly Placed[] {
  let from = 0;
  return phases.map((phase) => {
    const start = from;
    from += phase.durationMs;
    return { phase, from: start, to: from };
  });
}

function phaseRows(bar: Bar, longestMs: number, ms: Words): readonly Row[] {
  return placed(bar).map(({ phase, from, to }) => ({
    variant: bar.variant,
    row: bar.row,
    from: rounded(from),
    to: rounded(to),
    fill: KIND_FILL[phase.kind],
    // Between phases narrower than this, the lines that part them would be all that one sees.
    edge: (to - from) / longestMs > 0.006 ? 1 : 0,
    tip: [bar.row, `${phase.name}: ${ms(phase.durationMs)}`, KIND_WORDS[phase.kind]].join('\n'),
  }));
}

/** As exact as a drawing can show. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Names of the phases, for those that have room for theirs at the width that the chart is drawn at. */
function labelRows(bar: Bar, longestMs: number): readonly Row[] {
  return placed(bar).flatMap(({ phase, from, to }) => {
    const share = (to - from) / (longestMs * AXIS_LENGTH);
    const least = ((phase.name.length + 1) * CHARACTER_WIDTH) / share;
    if (least > CHART_WIDTH) return [];
    const colour = phase.kind === 'fixed-wait' ? 'var(--on-wait)' : 'var(--on-fill)';
    const label = { middle: rounded((from + to) / 2), label: phase.name, least: Math.ceil(least) };
    return [{ variant: bar.variant, row: bar.row, colour, ...label }];
  });
}

/** Share of the latency; where a wait is set to 0, the time until its work queue runs is left of it. */
const NEXT_TO_NOTHING = 0.02;

/** What the operations count from, behind the unit of an axis. */
const SINCE: Readonly<Record<OperationName, string>> = {
  boot: ' since cont',
  start: ' since the start of QEMU',
  plug: ' since the command',
  unplug: ' since the command',
  'until-usable': ' since the start of QEMU',
};

/** What a variant does in them, as the end of a sentence. */
const WAITING: Readonly<Record<OperationName, string>> = {
  boot: 'boots',
  start: 'boots with its devices',
  plug: 'plugs',
  unplug: 'unplugs',
  'until-usable': 'boots and gets its devices',
};

function waterfallCaption(bars: readonly Bar[], operation: OperationName, ms: Words): string {
  const waits = bars.map((bar) => ({ bar, waits: bar.phases.filter(({ kind }) => kind === 'fixed-wait') }));
  const most = waits.toSorted((a, b) => sum(b.waits) - sum(a.waits))[0];
  if (!most || sum(most.waits) === 0) {
    const slowest = bars.toSorted((a, b) => b.totalMs - a.totalMs)[0];
    const longest = slowest?.phases.toSorted((a, b) => b.durationMs - a.durationMs)[0];
    if (!slowest || !longest) return '';
    return (
      `No variant has a fixed wait when it ${WAITING[operation]}. ` +
      `In ${slowest.row}, the slowest, ${longest.name} takes the most: ${ms(longest.durationMs)} of ${ms(slowest.totalMs)}.`
    );
  }
  const none = waits.filter((one) => sum(one.waits) < NEXT_TO_NOTHING * one.bar.totalMs).map(({ bar }) => bar.row);
  const told = most.waits.filter(({ durationMs }) => durationMs >= NEXT_TO_NOTHING * most.bar.totalMs);
  const named = list(told.map(({ name, durationMs }) => `${name} ${ms(durationMs)}`));
  return (
    `Of the ${ms(most.bar.totalMs)} of ${most.bar.row}, ${ms(sum(most.waits))} ` +
    `(${percent(sum(most.waits) / most.bar.totalMs)}) are fixed waits: ${named}. ` +
    (none.length > 0 ? `Next to no fixed wait: ${list(none, MAX_NAMED)}.` : '')
  );
}

function workCaption(bars: readonly Bar[], ms: Words): string {
  const sorted = bars.toSorted((a, b) => b.totalMs - a.totalMs);
  const [most] = sorted;
  const least = sorted.at(-1);
  const longest = most?.phases.toSorted((a, b) => b.durationMs - a.durationMs)[0];
  if (!most || !least || !longest) return '';
  return (
    `Without the fixed waits: ${ms(least.totalMs)} in ${least.row} to ${ms(most.totalMs)} in ${most.row}, of which ` +
    `${longest.name} takes ${ms(longest.durationMs)}. That is work, waiting for hardware, and devices waiting for other devices.`
  );
}
