import type { Series } from '../../harness/history/history.ts';
import type { NightPoint } from '../../harness/history/night.ts';
import { riseText } from '../history-words.ts';
import { count, msOf, times, unitOf } from '../words.ts';
import { type Chart, COMMON, type Row } from './chart.ts';

/** Runs that are drawn; of more, every k-th, and always the first of each segment. */
const MAX_POINTS = 150;

/** Medians of one series, run by run, with its levels, and the runs at which they or the conditions changed. */
export function historyChart(series: Series, slug: string): Chart | undefined {
  const good = series.points.filter(({ p50Ms }) => p50Ms !== undefined);
  if (good.length < 2) return undefined;
  const name = seriesName(series);
  const x = { field: 'at', type: 'temporal', title: null } as const;
  const y = {
    field: 'ms',
    type: 'quantitative',
    title: `median, ${unitOf(series.clock)}`,
    scale: { zero: false, nice: false, padding: 10 },
    axis: { format: '~r', tickCount: 5 },
  } as const;
  const tooltip = { field: 'tip', type: 'nominal' } as const;
  return {
    id: `history-${slug}`,
    title: `${name} on ${series.host}${series.clock === 'virtual' ? ', in virtual time' : ''}`,
    caption: captionOf(series),
    alternative: `Medians of ${name} from ${dayOf(good[0])} to ${dayOf(good.at(-1))}.`,
    spec: {
      ...COMMON,
      height: 150,
      layer: [
        {
          data: { name: 'breaks' },
          mark: { type: 'rule', strokeDash: [4, 3], color: 'var(--muted)' },
          encoding: { x, tooltip },
        },
        {
          data: { name: 'points' },
          mark: { type: 'point', size: 16, filled: true, color: 'var(--v0)', opacity: 0.7 },
          encoding: { x, y, tooltip },
        },
        {
          data: { name: 'levels' },
          mark: { type: 'rule', color: 'var(--ink)', strokeWidth: 1.5 },
          encoding: { x, x2: { field: 'to' }, y },
        },
        {
          data: { name: 'changes' },
          mark: { type: 'rule', color: 'var(--bad)', strokeWidth: 2 },
          encoding: { x, tooltip },
        },
      ],
    },
    data: dataOf(series),
    files: ['summary.json'],
    isInteractive: true,
  };
}

export function seriesName({ scenario, variant, operation, deviceId }: Series): string {
  return `${scenario}/${variant} ${operation}${deviceId === '' ? '' : ` ${deviceId}`}`;
}

function dataOf({ points, segments, clock }: Series): Chart['data'] {
  const ms = msOf(clock);
  const firsts = new Set(segments.map(({ start }) => start));
  const step = Math.ceil(points.length / MAX_POINTS);
  const starts = segments.flatMap(({ start, beginning }) => {
    const point = points[start];
    return point ? [{ at: timeOf(point), beginning, run: point.run.runId }] : [];
  });
  return {
    points: points.flatMap((point, index): readonly Row[] => {
      const { p50Ms, run } = point;
      if (p50Ms === undefined || (index % step !== 0 && !firsts.has(index) && index !== points.length - 1)) return [];
      return [{ at: timeOf(point), ms: p50Ms, tip: `${run.runId}\n${ms(p50Ms)}` }];
    }),
    levels: segments.flatMap(({ start, end, medianMs }): readonly Row[] => {
      const [first, last] = [points[start], points[end - 1]];
      if (medianMs === undefined || !first || !last) return [];
      return [{ at: timeOf(first), to: timeOf(last), ms: medianMs }];
    }),
    changes: starts.flatMap(({ at, beginning, run }): readonly Row[] =>
      beginning.kind === 'change' ? [{ at, tip: `${run}\n${times(beginning.ratio)} the level before` }] : [],
    ),
    breaks: starts.flatMap(({ at, beginning, run }): readonly Row[] => {
      if (beginning.kind !== 'environment') return [];
      const changes = beginning.changes.map(({ what, before, after }) => `${what}: ${before} → ${after}`);
      return [{ at, tip: [run, ...changes].join('\n') }];
    }),
  };
}

function timeOf({ run }: NightPoint): string {
  return run.startedAt.toISOString();
}

function dayOf(point: NightPoint | undefined): string {
  return point?.run.startedAt.toISOString().slice(0, 10) ?? '';
}

function captionOf({ points, segments, regression, accepted, failing, clock }: Series): string {
  const level = segments.at(-1)?.medianMs;
  const changes = segments.flatMap(({ beginning }) => (beginning.kind === 'change' ? [beginning] : []));
  const environment = segments.filter(({ beginning }) => beginning.kind === 'environment').length;
  const last = changes.at(-1);
  const moved = last?.phase ? `, most of it in ${last.phase.phase}` : '';
  return [
    `${count(points.length, 'run')}${level === undefined ? '' : `, now at ${msOf(clock)(level)}`}.`,
    last
      ? `Its level has changed ${count(changes.length, 'time')}, last in ${last.runId} to ${times(last.ratio)} the one before${moved}.`
      : 'Its level has not changed.',
    ...(regression
      ? [`That is a regression: ${times(regression.nowMs / regression.beforeMs)} the last accepted level.`]
      : []),
    ...(failing ? [`Failing ${riseText(failing)}.`] : []),
    ...(accepted ? [`The baseline ${accepted.baseline} accepts it.`] : []),
    ...(environment > 0
      ? [`Dashed: what it was measured in changed, ${count(environment, 'time')}, which is no change of the level.`]
      : []),
  ].join(' ');
}
