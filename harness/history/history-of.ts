import { median } from 'simple-statistics';
import type { ChangePoint } from '../statistics/change-point.ts';
import { DEFAULT_THRESHOLD, type PracticalThreshold } from '../statistics/comparison.ts';
import type { HistoryPoint } from '../statistics/robust-window.ts';
import { leastRelativeChange } from '../statistics/verdict.ts';
import { environmentBreaks } from './environment-breaks.ts';
import type { LevelChange, Segment, SegmentBeginning, Series } from './history.ts';
import type { Night, NightPoint, SeriesIdentity } from './night.ts';

/** Finds the changes of level in one stretch of nights. */
export type FindChanges = (points: readonly HistoryPoint[]) => readonly ChangePoint[];

/** A baseline accepts the level at which its host ran its variants. */
export interface Acceptance {
  readonly baseline: string;
  readonly host: string;
  readonly variants: readonly Pick<SeriesIdentity, 'scenario' | 'variant' | 'accelerator' | 'clock' | 'bootMode'>[];
  /** When its run started. */
  readonly startedAt: Date;
}

/**
 * A series that none of the newest runs of its scenario has is a variant that is no longer measured, about which nobody
 * wants to hear for ever; a single run can be one of a few variants that somebody was looking at. A week of nights.
 */
const CURRENT_RUNS = 7;
/**
 * The same for a scenario, or a host, that is not measured any more: it is so many days behind the newest run of all.
 * Longer than a host is away for repair, say, and as long as an alarm about it can be of use.
 */
const CURRENT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** Half the width of a 95 % interval, in standard errors of a normal distribution. */
const Z95 = 1.96;

/** Joins the nights to series and says where each changed. Nights may come in any order. */
export function historyOf(
  nights: readonly Night[],
  findChanges: FindChanges,
  acceptances: readonly Acceptance[],
): readonly Series[] {
  const ordered = nights.toSorted(
    (a, b) => a.run.startedAt.getTime() - b.run.startedAt.getTime() || a.run.runId.localeCompare(b.run.runId),
  );
  const same = sameIdentity();
  const points = new Map<SeriesIdentity, NightPoint[]>();
  const runsOfScenario = new Map<string, Set<string>>();
  for (const { run, series } of ordered) {
    for (const { identity: written, point } of series) {
      const identity = same(written);
      const own = points.get(identity);
      if (own) own.push(point);
      else points.set(identity, [point]);
      const key = scenarioKey(identity);
      const runs = runsOfScenario.get(key);
      if (runs) runs.add(run.runId);
      else runsOfScenario.set(key, new Set([run.runId]));
    }
  }
  const newestRuns = new Map([...runsOfScenario].map(([key, runs]) => [key, [...runs].slice(-CURRENT_RUNS)]));
  const currentSince = (ordered.at(-1)?.run.startedAt.getTime() ?? 0) - CURRENT_DAYS * DAY_MS;
  return [...points].map(([identity, own]) => {
    const segments = segmentsOf(own, findChanges);
    const last = own.at(-1)?.run;
    const current =
      last !== undefined &&
      last.startedAt.getTime() >= currentSince &&
      newestRuns.get(scenarioKey(identity))?.includes(last.runId) === true;
    const threshold = last?.thresholds.get(identity.scenario) ?? DEFAULT_THRESHOLD;
    const raised = current ? alarm(identity, segments, threshold, acceptances) : {};
    return { ...identity, points: own, segments, current, ...raised };
  });
}

/** One object for each identity: nights that were read in different threads have their own. */
function sameIdentity(): (identity: SeriesIdentity) => SeriesIdentity {
  const byText = new Map<string, SeriesIdentity>();
  const byObject = new Map<SeriesIdentity, SeriesIdentity>();
  return (identity) => {
    const known = byObject.get(identity);
    if (known) return known;
    const text = JSON.stringify(identity);
    const one = byText.get(text) ?? identity;
    byText.set(text, one);
    byObject.set(identity, one);
    return one;
  };
}

function scenarioKey({ host, scenario }: SeriesIdentity): string {
  return `${host} ${scenario}`;
}

/**
 * A series is a regression when its newest segment began with a change to a latency higher by more than its scenario's
 * threshold, and nothing has happened since: no further change, no break, and no baseline saved from a run of this
 * variant at the new level, with which a person has said that it is the level from now on.
 */
function alarm(
  identity: SeriesIdentity,
  segments: readonly Segment[],
  threshold: PracticalThreshold,
  acceptances: readonly Acceptance[],
): Pick<Series, 'regression' | 'accepted'> {
  const beginning = segments.at(-1)?.beginning;
  const beforeMs = segments.at(-2)?.medianMs;
  if (beginning?.kind !== 'change' || beforeMs === undefined) return {};
  if (beginning.ratio <= 1 + leastRelativeChange(threshold, beforeMs)) return {};
  const { kind: _, ...change } = beginning;
  const accepted = acceptances.find((one) => one.startedAt >= change.date && accepts(one, identity));
  return accepted ? { accepted: { change, baseline: accepted.baseline } } : { regression: change };
}

function accepts({ host, variants }: Acceptance, series: SeriesIdentity): boolean {
  return (
    host === series.host &&
    variants.some(
      ({ scenario, variant, accelerator, clock, bootMode }) =>
        scenario === series.scenario &&
        variant === series.variant &&
        accelerator === series.accelerator &&
        clock === series.clock &&
        bootMode === series.bootMode,
    )
  );
}

function segmentsOf(points: readonly NightPoint[], findChanges: FindChanges): readonly Segment[] {
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
  findChanges: FindChanges,
): readonly Segment[] {
  const measured = points.slice(start, end).flatMap((point, offset) => {
    return point.p50Ms === undefined ? [] : [{ index: start + offset, value: historyPoint(point.p50Ms, point.ci95Ms) }];
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

function historyPoint(p50Ms: number, ci95Ms: NightPoint['ci95Ms']): HistoryPoint {
  const value = Math.log(p50Ms);
  if (!ci95Ms || !(ci95Ms[0] > 0) || !(ci95Ms[1] > ci95Ms[0])) return { value };
  return { value, standardError: Math.log(ci95Ms[1] / ci95Ms[0]) / (2 * Z95) };
}

type Level = Omit<Segment, 'beginning'>;

function levelOf(points: readonly NightPoint[], start: number, end: number): Level {
  const own = points.slice(start, end);
  const medians = own.flatMap(({ p50Ms }) => p50Ms ?? []);
  const durations = new Map<string, number[]>();
  for (const { phases, phaseMs } of own) {
    for (const [index, phase] of phases.entries()) {
      const known = durations.get(phase);
      if (known) known.push(phaseMs[index] ?? 0);
      else durations.set(phase, [phaseMs[index] ?? 0]);
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
