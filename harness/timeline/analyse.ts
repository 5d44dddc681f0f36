import { drivers } from '../drivers/index.ts';
import { qmpMessage, startCommand } from '../qemu/qmp-messages.ts';
import type { BurstMembership, Clock, Controller, LossKind, Phase } from '../vocabulary.ts';
import { type Heard, type Loss, lossesIn } from './losses.ts';
import { momentsOf } from './moment.ts';
import { factsOf, type OperationWindow, operationWindows, type Start, startOf } from './operation-window.ts';
import { type Ending, outcomeOf } from './outcome.ts';
import { ownMoments } from './own-moments.ts';
import { phasesOf, phaseTable } from './phases.ts';
import { isHotplug, isSent, type Operation, type RecordedEvent, sentCommand } from './recording.ts';
import { withStandstills } from './standstill.ts';
import { inVirtualTime, virtualFacts, type WallTime, wallTimeOf } from './virtual-time.ts';
import { type ClockContradiction, clockContradiction, wrongClockRate } from './wrong-clock.ts';

/** One operation of a boot as the recording shows it. On the virtual clock it has a time on the host's, too. */
export type EndedOperation = { readonly operation: Operation } & Start & Partial<WallTime> & Ending;

/** One operation with its outcome, and for a good one where its time went. */
export interface AnalysedOperation {
  readonly judged: EndedOperation;
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
  const all = operationWindows(timed, lost);
  const own = new Map(all.map((window) => [window.operation, ownMoments(window, momentsOf(window))]));
  return all.map((window) => {
    const { operation, companions } = window;
    const start = startOf(window);
    const { startedAtMs } = start;
    const moments = own.get(operation) ?? [];
    const phasesUntil = (latencyMs: number) => {
      const others = companions.map((companion) => own.get(companion) ?? []);
      const queued = drivers[controller].queues.flatMap((queue) => queue(moments, others));
      const edges = [...moments, ...queued].toSorted((a, b) => a.atMs - b.atMs);
      // What the guest logs of a plug and of an unplug of one device at the same time cannot be told apart.
      const table = operation.contested ? [] : phaseTable(operation, controller, clock);
      const phases = phasesAfterRetries(table, edges, startedAtMs, startedAtMs + latencyMs, acceptedAt(window));
      return withStandstills(phases, startedAtMs, window.standstills);
    };
    const seen = factsOf(window);
    const isVirtual = clock === 'virtual';
    // Once it is wrong, it is from then on.
    const isWrong = wrong !== undefined && timed.indexOf(lastOf(window)) >= wrong.at;
    const ending = outcomeOf({
      ...seen,
      ...(isWrong && { wrongClock: wrong.why }),
      ...(isVirtual && { virtual: virtualFacts(startedAtMs, moments, drivers[controller], phasesUntil) }),
    });
    return {
      judged: { operation, ...start, ...(isVirtual && wallTimeOf(window, seen.signs)), ...ending },
      phases: ending.outcome === 'ok' ? phasesUntil(ending.latencyMs) : [],
      losses: lossKindsOf(window, ofBoot),
      ...burstOf(window),
    };
  });
}

/**
 * How every operation ended by its events alone: on the real clock, whether that can be believed or not. For a boot that is
 * still going on, and for a comparison with what others have seen.
 */
export function outcomesOf(events: readonly RecordedEvent[]): readonly EndedOperation[] {
  return operationWindows(events).map((window) => {
    return { operation: window.operation, ...startOf(window), ...outcomeOf(factsOf(window)) };
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
function lastOf({ events, gapAfter }: OperationWindow): RecordedEvent {
  return (gapAfter.at(-1) ?? events.at(-1)) as RecordedEvent;
}

/**
 * A burst of echoes is before one operation and after another: its contradiction is in the clock of both. What is wrong with
 * the whole boot is wrong with each.
 */
function lossKindsOf(
  { losses, clockBefore, clockAfter }: OperationWindow,
  ofBoot: readonly Loss[],
): readonly LossKind[] {
  const kinds = [...losses, ...ofBoot].map(({ kind }) => kind);
  if (clockBefore?.contradictionMs ?? clockAfter?.contradictionMs) kinds.push('clock-contradiction');
  return [...new Set(kinds)];
}

/** A boot is no part of a burst, nor is what comes with it, whatever is plugged while it lasts. */
function burstOf({ operation, companions }: OperationWindow): { readonly burst?: BurstMembership } {
  const others = companions.filter(isHotplug);
  if (!isHotplug(operation) || others.length === 0) return {};
  const numbers = [operation, ...others].map(({ number = 0 }) => number);
  return { burst: { first: Math.min(...numbers), size: numbers.length } };
}

/**
 * The phases of an operation whose request was refused before: what was spent until the one that QEMU accepted is the client's
 * own waiting.
 */
function phasesAfterRetries(
  table: Parameters<typeof phasesOf>[0],
  edges: Parameters<typeof phasesOf>[1],
  startMs: number,
  endMs: number,
  acceptedMs: number | undefined,
): readonly Phase[] {
  if (acceptedMs === undefined || acceptedMs <= startMs) return phasesOf(table, edges, startMs, endMs);
  const beforeMs = Math.min(acceptedMs, endMs) - startMs;
  const own = phasesOf(
    table,
    edges.filter(({ atMs }) => atMs >= acceptedMs),
    startMs + beforeMs,
    endMs,
  );
  const refused = { name: 'refused-requests', kind: 'host', startMs: 0, durationMs: beforeMs } as const;
  return [refused, ...own.map((phase) => ({ ...phase, startMs: phase.startMs + beforeMs }))];
}

/** When the first request was written that QEMU accepted; undefined where there is only ever one. */
function acceptedAt({ operation, events }: OperationWindow): number | undefined {
  if (!operation.retry) return undefined;
  const command = startCommand(operation.operation);
  const answered = new Set(
    events.flatMap((event) => {
      if (event.source !== 'qmp' || event.direction !== 'received') return [];
      const message = qmpMessage(event.message);
      return message.kind === 'return' ? [message.id] : [];
    }),
  );
  return events.find((event) => isSent(event, command) && answered.has(sentCommand(event)?.id))?.atMs;
}
