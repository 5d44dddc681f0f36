import { drivers } from '../drivers/index.ts';
import type { BurstMembership, Clock, Controller, LossKind, Phase } from '../vocabulary.ts';
import { type ClockContradiction, clockContradiction } from './clock-contradiction.ts';
import { wrongClockRate } from './clock-rate.ts';
import { type JudgedOperation, judgeStretch } from './judge.ts';
import { type Heard, type Loss, lossesIn } from './losses.ts';
import { momentsOf } from './moment.ts';
import { ownMoments } from './own-moments.ts';
import { phasesOf } from './phase.ts';
import { phaseTable } from './phase-tables.ts';
import type { RecordedEvent } from './recording.ts';
import { type Stretch, stretches } from './stretch.ts';
import { judgedVirtually, onUnknownClock, withoutHostTime } from './virtual-operation.ts';
import { inVirtualTime } from './virtual-time.ts';

/** One operation with its outcome, and for a good one where its time went. */
export interface AnalysedOperation {
  readonly judged: JudgedOperation;
  /** They add up to the latency. Empty for an operation that failed. */
  readonly phases: readonly Phase[];
  /** What was lost while it lasted, or goes wrong because of what was; each kind once. */
  readonly losses: readonly LossKind[];
  /** Present for a plug or unplug that others overlapped. */
  readonly burst?: BurstMembership;
}

/**
 * Everything a recording says about its operations, in order. Pure: an old recording can be read again at any time.
 *
 * @param heard for the rest of a recording: what its beginning ended with
 */
export function analyse(
  events: readonly RecordedEvent[],
  controller: Controller,
  clock: Clock = 'real',
  heard?: Heard,
): readonly AnalysedOperation[] {
  const timed = clock === 'virtual' ? inVirtualTime(events) : events;
  const wrong = wrongClock(timed, clock);
  const lost = lossesIn(timed, heard);
  const ofBoot = lost.filter(({ kind }) => kind === 'timer-rate');
  const all = stretches(timed, lost);
  const own = new Map(all.map((stretch) => [stretch.operation, ownMoments(stretch, momentsOf(stretch))]));
  return all.map((stretch) => {
    const { operation, companions } = stretch;
    const seen = judgeStretch(stretch);
    const virtual = clock === 'virtual' ? judgedVirtually(seen, stretch, own.get(operation) ?? [], controller) : seen;
    // Once it is wrong, it is from then on.
    const isBelieved = wrong === undefined || timed.indexOf(lastOf(stretch)) < wrong.at;
    const judged = isBelieved ? virtual : onUnknownClock(virtual, wrong.why);
    const besides = { losses: lossKindsOf(stretch, ofBoot), ...burstOf(stretch) };
    if (judged.latencyMs === undefined) return { judged, phases: [], ...besides };
    const moments = own.get(operation) ?? [];
    const others = companions.map((companion) => own.get(companion) ?? []);
    const edges = [...moments, ...drivers[controller].queues.flatMap((queue) => queue(moments, others))].toSorted(
      (a, b) => a.atMs - b.atMs,
    );
    const endMs = judged.startedAtMs + judged.latencyMs;
    const phases = phasesOf(phaseTable(operation, controller, clock), edges, judged.startedAtMs, endMs);
    const whole = clock === 'virtual' ? withoutHostTime(judged, phases) : judged;
    return { judged: whole, phases: whole.latencyMs === undefined ? [] : phases, ...besides };
  });
}

/**
 * Why the clock that these events were measured on cannot be believed; undefined when it can.
 *
 * @param since where to begin, on the real clock: behind the end of an operation up to whose echoes all has been looked at
 */
export function wrongClock(events: readonly RecordedEvent[], clock: Clock, since = 0): ClockContradiction | undefined {
  return clock === 'virtual' ? clockContradiction(events) : wrongClockRate(events, since);
}

/** The last event that an operation's times are told from. */
function lastOf({ events, gapAfter }: Stretch): RecordedEvent {
  return (gapAfter.at(-1) ?? events.at(-1)) as RecordedEvent;
}

/**
 * A burst of echoes is before one operation and after another: its contradiction is in the clock of both. What is wrong with
 * the whole boot is wrong with each.
 */
function lossKindsOf({ losses, clockBefore, clockAfter }: Stretch, ofBoot: readonly Loss[]): readonly LossKind[] {
  const kinds = [...losses, ...ofBoot].map(({ kind }) => kind);
  if (clockBefore?.contradictionMs ?? clockAfter?.contradictionMs) kinds.push('clock-contradiction');
  return [...new Set(kinds)];
}

/** A boot is no part of a burst, whatever is plugged while it lasts. */
function burstOf({ operation, companions }: Stretch): { readonly burst?: BurstMembership } {
  const others = companions.filter((companion) => companion.operation !== 'boot');
  if (operation.operation === 'boot' || others.length === 0) return {};
  const numbers = [operation, ...others].map(({ number = 0 }) => number);
  return { burst: { first: Math.min(...numbers), size: numbers.length } };
}
