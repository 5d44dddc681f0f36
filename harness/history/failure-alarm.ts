import { type Boots, isStillHigher, type NightShare, shareChanges, sumOf } from '../statistics/share-change.ts';
import { type Acceptance, acceptedLevel, type Level } from './accepted-level.ts';
import type { Series, ShareRise } from './history.ts';
import type { NightPoint } from './night.ts';

interface ShareLevel extends Level {
  readonly runId: string;
  readonly of: Boots;
}

/**
 * A series is failing as long as more of its operations fail than at the last accepted level. Looks at the nights from
 * `start` on, where the environment changed last.
 */
export function failureAlarm(
  points: readonly NightPoint[],
  start: number,
  acceptances: readonly Acceptance[],
): Pick<Series, 'failing' | 'acceptedFailing'> {
  // A night on which nothing was tried says nothing; one on which everything failed says most.
  const own = points.slice(start).filter(({ tried }) => tried > 0);
  const nights = own.map(nightShare);
  const changes = shareChanges(nights);
  if (changes.length === 0) return {};
  const starts = [0, ...changes.map(({ index }) => index)];
  const levels = starts.flatMap((from, place): ShareLevel[] => {
    const run = own[from]?.run;
    const of = sumOf(nights, from, starts[place + 1] ?? nights.length);
    return run ? [{ value: of.failed / of.boots, from: run.startedAt, runId: run.runId, of }] : [];
  });
  const { index, baseline } = acceptedLevel(levels, acceptances);
  const failing = riseFrom(levels, index);
  if (failing || baseline === undefined) return failing ? { failing } : {};
  const rise = riseFrom(levels, acceptedLevel(levels, []).index);
  return rise ? { acceptedFailing: { rise, baseline } } : {};
}

/**
 * The boot is the unit: its operations share its fate, and counting each would take one broken boot for many failures. A boot
 * in which some of the operations failed counts for their share.
 */
function nightShare({ boots, tried, failures }: NightPoint): NightShare {
  return { failed: (boots * failures) / tried, boots };
}

function riseFrom(levels: readonly ShareLevel[], accepted: number): ShareRise | undefined {
  const before = levels[accepted];
  const now = levels.at(-1);
  const first = levels[accepted + 1];
  if (!before || !now || !first || !isStillHigher(before.of, now.of)) return undefined;
  return { runId: first.runId, date: first.from, before: before.value, first: first.value, now: now.value };
}
