import { LONGEST_WAITS_MS } from '../drivers/index.ts';
import type { Outcome, Phase } from '../vocabulary.ts';
import type { Conclusion } from './conclusion.ts';
import type { Operation, RecordedEvent } from './recording.ts';

/** How an operation ended. Only a good end has a latency. `detail` is for a person; empty for an ordinary `ok`. */
export type Ending =
  | ({ readonly outcome: 'ok'; readonly detail: string; readonly refusedAfterMs?: never } & Latency)
  | {
      readonly outcome: Exclude<Outcome, 'ok'>;
      readonly detail: string;
      readonly latencyMs?: never;
      /** Of one that QEMU refused: from the command until its answer, in milliseconds on the recording's clock. */
      readonly refusedAfterMs?: number;
      readonly clockUncertaintyMs?: never;
    };

/** From the command that begins an operation to its end, in milliseconds on the recording's clock. */
interface Latency {
  readonly latencyMs: number;
  /** How far the guest's clock may be off the host's here; absent when the end was not read on the guest's clock. */
  readonly clockUncertaintyMs?: number;
}

/** An event that says how the operation ends, and what it says. */
export interface Sign {
  readonly event: RecordedEvent;
  readonly conclusion: Conclusion;
}

/** What is known of an operation that has ended. Others find it out (operation-window.ts, virtual-time.ts); none decides. */
export interface Facts {
  readonly operation: Operation;
  /** In order of time. */
  readonly signs: readonly Sign[];
  /** Whether the command that begins it was written. */
  readonly isBegun: boolean;
  /** What the latency is if this sign is the end; undefined where it came from a guest that never answered an echo. */
  readonly latencyAt: (sign: Sign) => Latency | undefined;
  /** Whether the guest was asked for its devices after this sign, answered in full, and has none at the place of this one. */
  readonly isAbsent: (since: Sign) => boolean;
  /** Why the guest's driver did not take the device, in the kernel's words; undefined where the log does not say so. */
  readonly driverFailure: () => string | undefined;
  /** Why the clock cannot be believed on which the times are counted. */
  readonly wrongClock?: string | undefined;
  /** Present on the virtual clock. */
  readonly virtual?: VirtualFacts;
}

/** What an operation on the virtual clock is to be judged by, besides. */
export interface VirtualFacts {
  /** For an unplug, when the guest let the device go, in milliseconds after the command; undefined where it does not say. */
  readonly removalMs: number | undefined;
  /** For an unplug, what was lost that may have said so. */
  readonly lostBefore: string | undefined;
  /** A phase that is the host's work and takes time, in an operation of this latency. */
  readonly hostWork: (latencyMs: number) => Phase | undefined;
}

/**
 * A plug that ran into a limit this long and is not in the guest's inventory is `lost`, under a shorter one only late.
 * Longer than any driver of the guest waits, with room for a slow guest.
 */
export const LOST_AFTER_MS = LONGEST_WAITS_MS + 4_000;

/**
 * The one place from which every outcome comes. Its rules, in order:
 *
 * 1. The first sign counts. A plug during the boot goes on after it (see `decisiveSign`).
 * 2. Without a sign the recording was cut off: `aborted`.
 * 3. A plug, or a start, that timed out, or a plug that raced with the boot, is `lost` if the guest's own inventory does not have the device.
 * 4. A plug, or a start, that timed out, and whose driver failed in the guest, is a `guest-error`.
 * 5. What is a failure stays one.
 * 6. A device that is gone before QEMU was asked to unplug it has `vanished`.
 * 7. A time that cannot be told is no latency: `aborted`.
 * 8. On the virtual clock an unplug ends where the guest lets the device go, and a limit counts in virtual time.
 * 9. Nothing that was measured on a clock that is proved wrong is `ok`: `aborted`.
 */
export function outcomeOf(facts: Facts): Ending {
  const { operation, isBegun, latencyAt, isAbsent, driverFailure, wrongClock, virtual } = facts;
  const sign = decisiveSign(facts);
  if (!sign) return aborted('the recording ends before the operation does');
  const { outcome, detail } = sign.conclusion;
  const isOpen = outcome === 'ok' || outcome === 'timeout';
  if (isRace(operation) && isOpen && isAbsent(sign))
    return {
      outcome: 'lost',
      detail: `QEMU has the device and the guest's inventory has nothing at ${operation.place}`,
    };
  if (outcome === 'timeout' && isBegun && mayBeLost(operation) && isAbsent(sign)) {
    const absent = `QEMU accepted the device and the guest's inventory has nothing at ${operation.place}`;
    return { outcome: 'lost', detail: `${detail}; ${absent}` };
  }
  const failure = outcome === 'timeout' && operation.operation !== 'unplug' ? driverFailure() : undefined;
  if (failure !== undefined) return { outcome: 'guest-error', detail: `the guest's driver failed: ${failure}` };
  if (outcome === 'refused' && isBegun) return { outcome, detail, ...refusedAfter(latencyAt(sign)) };
  if (outcome !== 'ok') return { outcome, detail };
  // Begun for the harness, but not yet commanded: it waited for others, or for its turn.
  if (!isBegun && operation.operation === 'unplug')
    return { outcome: 'vanished', detail: 'QEMU deleted the device before it was asked to' };
  if (!isBegun) return aborted('the recording lacks the command that begins the operation');
  const latency = latencyAt(sign);
  if (!latency) return aborted('the guest never answered an echo: no clock to read');
  const seen: Ending = { outcome, detail, ...latency };
  const ended = virtual ? onVirtualClock(seen, operation, virtual) : seen;
  if (ended.outcome !== 'ok') return ended;
  if (wrongClock !== undefined) return aborted(wrongClock);
  const hostWork = virtual?.hostWork(ended.latencyMs);
  return hostWork ? aborted(hasTakenTime(hostWork)) : ended;
}

function refusedAfter(latency: Latency | undefined) {
  return latency ? { refusedAfterMs: latency.latencyMs } : {};
}

/**
 * The sign that counts: the first. Of a plug during the boot nothing is certain at the first sign: a guest that scans its
 * buses while the device comes may take the button's event for a wish to unplug, and the device that was usable vanishes. So
 * the operation goes on for a while after `usable`, and a failure that is heard of until its end counts for more.
 */
function decisiveSign({ operation, signs }: Facts): Sign | undefined {
  const isFailure = ({ conclusion: { outcome } }: Sign) => outcome !== 'ok' && outcome !== 'timeout';
  return (isRace(operation) ? signs.find(isFailure) : undefined) ?? signs[0];
}

function isRace({ offsetMs }: Operation): boolean {
  return offsetMs !== undefined;
}

function mayBeLost({ operation, timeoutMs }: Operation): boolean {
  return operation !== 'boot' && operation !== 'unplug' && timeoutMs >= LOST_AFTER_MS;
}

function onVirtualClock(seen: Ending, { operation, timeoutMs }: Operation, virtual: VirtualFacts): Ending {
  const { removalMs, lostBefore } = virtual;
  if (operation === 'unplug' && lostBefore !== undefined)
    return aborted(`when the guest let the device go is not known: lost were ${lostBefore}`);
  const latencyMs = operation === 'unplug' ? removalMs : seen.latencyMs;
  if (seen.outcome !== 'ok' || latencyMs === undefined)
    return aborted("the guest's log does not say when it let the device go");
  if (latencyMs > timeoutMs) return { outcome: 'timeout', detail: `took longer than ${timeoutMs} ms` };
  return { ...seen, latencyMs };
}

/**
 * On the virtual clock the host's work takes no time, since the machine stands still while QEMU carries a command out. Where
 * it seems to take some, the clocks were not tied as they should be, and no time of the operation can be believed.
 */
function hasTakenTime({ name, durationMs }: Phase): string {
  return (
    `${name} seems to have taken ${durationMs.toFixed(3)} ms of virtual time, and is the host's work, ` +
    'which takes none on this clock: the clocks of host and guest are not tied as they should be'
  );
}

function aborted(detail: string): Ending {
  return { outcome: 'aborted', detail };
}
