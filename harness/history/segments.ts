import { median } from 'simple-statistics';
import type { ChangePoint } from '../statistics/change-point.ts';
import { studentTFor } from '../statistics/median-interval.ts';
import type { HistoryPoint } from '../statistics/robust-window.ts';
import { environmentBreaks } from './environment-breaks.ts';
import type { LevelChange, Segment, SegmentBeginning } from './history.ts';
import type { NightPoint } from './night.ts';

/** Finds the changes of level in one stretch of nights. @param dependence correlation of successive nights on their host */
export type FindChanges = (points: readonly HistoryPoint[], dependence: number) => readonly ChangePoint[];

/** Cuts a series where its environment changes, and between that where its level does. */
export function segmentsOf(
  points: readonly NightPoint[],
  findChanges: (points: readonly HistoryPoint[]) => readonly ChangePoint[],
): readonly Segment[] {
  const breaks = environmentBreaks(points);
  return breaks.flatMap(({ index: start, changes }, place) => {
    const end = breaks[place + 1]?.index ?? points.length;
    const beginning: SegmentBeginning = changes.length === 0 ? { kind: 'first' } : { kind: 'environment', changes };
    return stretchSegments(points, start, end, beginning, findChanges);
  });
}

/** Segments of a stretch in which the environment stays the same. */
function stretchSegments(
  points: readonly NightPoint[],
  start: number,
  end: number,
  beginning: SegmentBeginning,
  findChanges: (points: readonly HistoryPoint[]) => readonly ChangePoint[],
): readonly Segment[] {
  const measured = points.slice(start, end).flatMap((point, offset) => {
    const { p50Ms } = point;
    return p50Ms === undefined ? [] : [{ index: start + offset, value: historyPoint({ ...point, p50Ms }) }];
  });
  const changes = findChanges(measured.map(({ value }) => value)).flatMap((change) => {
    const index = measured[change.index]?.index;
    return index === undefined ? [] : [{ ...change, index }];
  });
  const segments: Segment[] = [];
  for (let place = -1; place < changes.length; place++) {
    const change = changes[place];
    const from = change?.index ?? start;
    const segment = levelOf(points, from, changes[place + 1]?.index ?? end);
    const before = segments.at(-1);
    segments.push({
      ...segment,
      beginning:
        change && before ? { kind: 'change', ...levelChange(points[from], change, before, segment) } : beginning,
    });
  }
  return segments;
}

function historyPoint({ p50Ms, ci95Ms, boots }: NightPoint & { readonly p50Ms: number }): HistoryPoint {
  const value = Math.log(p50Ms);
  if (boots < 2 || !ci95Ms || !(ci95Ms[0] > 0) || !(ci95Ms[1] > ci95Ms[0])) return { value, boots };
  // The interval is one of Student's t with a degree of freedom less than there are boots.
  const standardError = Math.log(ci95Ms[1] / ci95Ms[0]) / (2 * studentTFor(boots - 1));
  return { value, boots, standardError };
}

type Level = Omit<Segment, 'beginning'>;

function levelOf(points: readonly NightPoint[], start: number, end: number): Level {
  // Loops, because this is most of the time of a history that is read from its cache.
  const medians: number[] = [];
  const durations = new Map<string, number[]>();
  for (let index = start; index < end; index++) {
    const { p50Ms, phases, phaseMs } = points[index] as NightPoint;
    if (p50Ms !== undefined) medians.push(p50Ms);
    for (let place = 0; place < phases.length; place++) {
      const phase = phases[place] as string;
      const known = durations.get(phase);
      if (known) known.push(phaseMs[place] ?? 0);
      else durations.set(phase, [phaseMs[place] ?? 0]);
    }
  }
  return {
    start,
    end,
    ...(medians.length === 0 ? {} : { medianMs: median(medians) }),
    phases: [...durations].map(([phase, ms]) => ({ phase, durationMs: median(ms) })),
  };
}

function levelChange(
  point: NightPoint | undefined,
  { ratio, pValue }: ChangePoint,
  before: Level,
  after: Level,
): LevelChange {
  const phase = movedPhase(before, after, Math.sign(ratio - 1));
  return {
    runId: point?.run.runId ?? '',
    date: point?.run.startedAt ?? new Date(Number.NaN),
    ratio,
    pValue,
    ...(phase ? { phase } : {}),
  };
}

/**
 * The phase whose median has grown (direction 1) or shrunk (-1) most. Assumes that one phase makes most of a change, as
 * where a driver gains a wait; where all phases move alike (a slower host), it names the longest one.
 */
function movedPhase(before: Level, after: Level, direction: number): LevelChange['phase'] {
  const names = new Set([...before.phases, ...after.phases].map(({ phase }) => phase));
  const durationIn = (level: Level, phase: string) => level.phases.find((one) => one.phase === phase)?.durationMs ?? 0;
  const moved = [...names].map((phase) => ({
    phase,
    beforeMs: durationIn(before, phase),
    afterMs: durationIn(after, phase),
  }));
  const growth = (one: { beforeMs: number; afterMs: number }) => (one.afterMs - one.beforeMs) * direction;
  const most = moved.toSorted((a, b) => growth(b) - growth(a))[0];
  return most && growth(most) > 0 ? most : undefined;
}
