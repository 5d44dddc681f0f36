import type { Phase } from '../../harness/vocabulary.ts';
import type { VariantPart } from '../model/report-model.ts';
import { rowOfSample } from '../model/rows.ts';
import type { Timeline } from '../model/timeline.ts';
import { KIND_FILL } from '../palette.ts';
import { count, list, msOf } from '../words.ts';
import { type Chart, COMMON, type Row } from './chart.ts';

/** Width that each fixed wait is given, as a share of the axis: to scale, everything else would be a hair's breadth. */
const WAIT_SHARE = 0.13;
/** And what any other phase has at least, so that each can be seen. */
const LEAST_SHARE = 0.012;
/** Width of a tick, as a share of the axis. */
const TICK_SHARE = 0.002;
const CHARACTER_SHARE = 0.0072;

const x = { field: 'from', type: 'quantitative', axis: null, scale: { domain: [0, 1] as number[] } } as const;
const y = {
  field: 'lane',
  type: 'nominal',
  title: null,
  axis: { ticks: false, domain: false },
  scale: { domain: ['phases', 'QMP', 'guest kernel', 'uevent', 'agent'] as string[] },
} as const;

/** The same for all timelines, which differ in their data. */
const SPEC: Chart['spec'] = {
  ...COMMON,
  height: { step: 26 },
  layer: [
    {
      data: { name: 'phases' },
      mark: { type: 'bar', stroke: 'var(--paper)', strokeWidth: 1, height: { band: 0.8 } },
      encoding: { x, x2: { field: 'to' }, y, fill: { field: 'fill', type: 'nominal', scale: null } },
    },
    {
      data: { name: 'edges' },
      mark: { type: 'rule', color: 'var(--grid)' },
      encoding: { x },
    },
    {
      data: { name: 'events' },
      mark: { type: 'tick', thickness: 2, size: 15, opacity: 0.8 },
      encoding: { x, y, color: { field: 'colour', type: 'nominal', scale: null } },
    },
    {
      data: { name: 'labels' },
      mark: { type: 'text', fontSize: 11 },
      encoding: {
        x,
        y,
        text: { field: 'label', type: 'nominal' },
        color: { field: 'colour', type: 'nominal', scale: null },
      },
    },
    {
      data: { name: 'times' },
      mark: { type: 'text', fontSize: 11, baseline: 'top', color: 'var(--muted)', y: 'height', dy: 4 },
      encoding: { x, text: { field: 'label', type: 'nominal' } },
    },
    {
      data: { name: 'end' },
      mark: {
        type: 'text',
        fontSize: 11,
        baseline: 'top',
        align: 'right',
        color: 'var(--muted)',
        y: 'height',
        dy: 4,
      },
      encoding: { x, text: { field: 'label', type: 'nominal' } },
    },
  ],
  padding: { left: 4, right: 4, top: 4, bottom: 18 },
};

/** One sample in detail: its phases, and every line of QMP, kernel and agent, on one axis. */
export function timelineChart(variant: VariantPart, timeline: Timeline): Chart {
  const { sample, phases, events, which, latencyMs } = timeline;
  const axis = axisOf(phases);
  const ms = msOf(variant.clock);
  const waits = phases.filter(({ kind }) => kind === 'fixed-wait');
  return {
    id: `${variant.slug}-timeline-${sample.order}`,
    title: `${rowOfSample(variant, sample)}, ${which} ${sample.operation}: ${ms(latencyMs)}`,
    caption:
      `Boot ${sample.boot}, cycle ${sample.cycle}, no. ${sample.order} in order of execution. ${count(events.length, 'event')}` +
      `${waits.length > 0 ? `; ${list(waits.map(({ name, durationMs }) => `${name} (${ms(durationMs)})`))} drawn shorter than to scale` : ''}.`,
    alternative: phases.map(({ name, durationMs }) => `${name} ${ms(durationMs)}`).join(', '),
    spec: SPEC,
    data: {
      phases: axis.map(({ phase, from, to }) => ({ lane: 'phases', from, to, fill: KIND_FILL[phase.kind] })),
      edges: axis.slice(1).map(({ from }) => ({ from })),
      events: eventRows(axis, events),
      labels: axis.flatMap(labelRows),
      times: timeRows(axis, ms),
      end: [{ from: 1, label: ms(latencyMs) }],
    },
    files: ['phases.csv'],
    isInteractive: false,
  };
}

const LANE_COLOURS = {
  QMP: 'var(--host)',
  'guest kernel': 'var(--guest)',
  uevent: 'var(--v2)',
  agent: 'var(--v3)',
} as const;

interface Placed {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

/** The phases along an axis from 0 to 1, fixed waits shortened and the shortest others widened. */
function axisOf(phases: readonly Phase[]): readonly Placed[] {
  const work = phases.filter(({ kind }) => kind !== 'fixed-wait');
  const workMs = work.reduce((sum, { durationMs }) => sum + durationMs, 0) || 1;
  const left = Math.max(0.2, 1 - WAIT_SHARE * (phases.length - work.length) - LEAST_SHARE * work.length);
  const widths = phases.map(({ kind, durationMs }) =>
    kind === 'fixed-wait' ? WAIT_SHARE : LEAST_SHARE + (durationMs / workMs) * left,
  );
  const total = widths.reduce((sum, width) => sum + width, 0) || 1;
  let from = 0;
  return phases.map((phase, index) => {
    const start = from;
    from += (widths[index] ?? 0) / total;
    return { phase, from: start, to: from };
  });
}

/** Events as ticks: those of a lane that would cover each other as one. */
function eventRows(axis: readonly Placed[], events: Timeline['events']): readonly Row[] {
  const rows = events.map(({ atMs, source }) => ({
    lane: source,
    from: Math.round(positionOf(axis, atMs) / TICK_SHARE) * TICK_SHARE,
    colour: LANE_COLOURS[source],
  }));
  return [...new Map(rows.map((row) => [`${row.lane} ${row.from}`, row])).values()];
}

function positionOf(axis: readonly Placed[], atMs: number): number {
  const within = axis.find(({ phase }) => atMs <= phase.startMs + phase.durationMs) ?? axis.at(-1);
  if (!within) return 0;
  const { phase, from, to } = within;
  const share = phase.durationMs === 0 ? 0 : (atMs - phase.startMs) / phase.durationMs;
  return from + (to - from) * Math.min(Math.max(share, 0), 1);
}

function labelRows({ phase, from, to }: Placed): readonly Row[] {
  if (to - from < (phase.name.length + 1) * CHARACTER_SHARE) return [];
  const colour = phase.kind === 'fixed-wait' ? 'var(--on-wait)' : 'var(--on-fill)';
  return [{ lane: 'phases', from: (from + to) / 2, label: phase.name, colour }];
}

/** Times at the phases' edges, where there is room for them. */
function timeRows(axis: readonly Placed[], ms: (value: number) => string): readonly Row[] {
  const rows: { readonly from: number; readonly label: string }[] = [];
  for (const { from, phase } of axis) {
    const last = rows.at(-1);
    if (last && (from - last.from < TIME_SHARE || from > 1 - 1.6 * TIME_SHARE)) continue;
    rows.push({ from, label: phase.startMs === 0 ? '0' : ms(phase.startMs) });
  }
  return rows;
}

const TIME_SHARE = 0.07;
