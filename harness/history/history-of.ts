import { DEFAULT_THRESHOLD } from '../statistics/comparison.ts';
import { groupBy } from '../statistics/groups.ts';
import { nightDependence } from '../statistics/night-dependence.ts';
import { type Acceptance, acceptancesOf } from './accepted-level.ts';
import { failureAlarm } from './failure-alarm.ts';
import type { Series } from './history.ts';
import { latencyAlarm } from './latency-alarm.ts';
import type { Night, NightPoint, SeriesIdentity } from './night.ts';
import { type FindChanges, segmentsOf } from './segments.ts';

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
  const dependences = dependenceByHost(points);
  return [...points].map(([identity, own]) => {
    const dependence = dependences.get(identity.host) ?? 0;
    const segments = segmentsOf(own, (stretch) => findChanges(stretch, dependence));
    const last = own.at(-1)?.run;
    const current =
      last !== undefined &&
      last.startedAt.getTime() >= currentSince &&
      newestRuns.get(scenarioKey(identity))?.includes(last.runId) === true;
    const threshold = last?.thresholds.get(identity.scenario) ?? DEFAULT_THRESHOLD;
    const common = { ...identity, points: own, segments, current };
    if (!current) return common;
    const accepting = acceptancesOf(identity, acceptances);
    const lastBreak = segments.findLast(({ beginning }) => beginning.kind !== 'change')?.start ?? 0;
    return {
      ...common,
      ...latencyAlarm(own, segments, threshold, accepting),
      ...failureAlarm(own, lastBreak, accepting),
    };
  });
}

function dependenceByHost(points: ReadonlyMap<SeriesIdentity, readonly NightPoint[]>): ReadonlyMap<string, number> {
  const hosts = groupBy([...points], ([{ host }]) => host);
  const logarithms = (own: readonly NightPoint[]) => own.flatMap(({ p50Ms }) => (p50Ms ? Math.log(p50Ms) : []));
  return new Map([...hosts].map(([host, all]) => [host, nightDependence(all.map(([, own]) => logarithms(own)))]));
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
