import { linearRegression } from 'simple-statistics';
import type { AgentMessage } from '../guest/protocol.ts';
import type { RecordedEvent } from './recording.ts';
import { type Standstill, stoodStillMs } from './standstill.ts';

/**
 * One exchange with the agent over the marker channel: it was sent at `sentMs` and answered by `receivedMs` on the
 * host's clock; the guest read the request at `guestReceivedMs` and wrote the answer at `guestSentMs` on its own.
 */
export interface Echo {
  readonly sentMs: number;
  readonly receivedMs: number;
  readonly guestReceivedMs: number;
  readonly guestSentMs: number;
  /** Of a reading of both clocks at once, by ptp_kvm in the guest: an echo that did not have to travel. */
  readonly paired?: true;
  /** Number of the request to the agent. */
  readonly request?: number;
}

/** A moment known on both clocks, in milliseconds, each to within `uncertaintyMs`. */
export interface Anchor {
  readonly hostMs: number;
  readonly guestMs: number;
  readonly uncertaintyMs: number;
  /** From a reading of both clocks at once, which the echoes confirm. */
  readonly paired?: true;
  /** By how much the bounds of a burst contradict each other, where they do. Those of its echoes: then it is worth little. */
  readonly contradictionMs?: number;
}

/** Echoes in a stretch of a recording. An echo that was not answered is not there. */
export function echoesIn(events: readonly RecordedEvent[]): readonly Echo[] {
  const sentMs = new Map<string, number>();
  const echoes: Echo[] = [];
  let wall: WallClock | undefined;
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'wall-clock') wall = event;
    if (event.source !== 'agent') continue;
    const pair = event.direction === 'received' && wall ? pairedReading(event.message, wall) : undefined;
    if (pair) echoes.push(pair);
    if (event.direction === 'sent' && event.verb === 'echo') sentMs.set(String(event.request), event.atMs);
    const tied = event.direction === 'received' ? virtualTie(event.message) : undefined;
    if (tied) echoes.push(tied);
    if (event.direction !== 'received' || event.message.kind !== 'echo') continue;
    const sent = sentMs.get(event.message.fields.request ?? '');
    const received = Number(event.message.fields.received);
    if (sent === undefined || !Number.isFinite(received)) continue;
    echoes.push({
      sentMs: sent,
      receivedMs: event.atMs,
      guestReceivedMs: received / 1e6,
      guestSentMs: event.message.guestNs / 1e6,
      request: Number(event.message.fields.request),
    });
  }
  return echoes;
}

/**
 * The agent's reading of the time-stamp counter, which under -icount is QEMU's virtual clock in nanoseconds, between two of
 * CLOCK_MONOTONIC: an echo that did not have to travel, on the virtual clock.
 */
function virtualTie({ kind, fields, guestNs }: AgentMessage): Echo | undefined {
  if (kind !== 'clocks') return undefined;
  const atMs = Number(fields.tsc) / 1e6;
  return { sentMs: atMs, receivedMs: atMs, guestReceivedMs: guestNs / 1e6, guestSentMs: Number(fields.before) / 1e6 };
}

type WallClock = { readonly atMs: number; readonly wallMs: number; readonly uncertaintyMs: number };

/**
 * The guest's reading of the host's CLOCK_REALTIME and of its own CLOCK_MONOTONIC at one moment. The host's CLOCK_REALTIME
 * and CLOCK_MONOTONIC run equally fast, also when NTP slews them (timekeeping.c: one multiplier for both), so that `wall`, a
 * reading of both from just before, brings the one to the other; where somebody has set the clock in between, the echoes
 * around it contradict it.
 */
function pairedReading({ kind, fields }: AgentMessage, wall: WallClock): Echo | undefined {
  if (kind !== 'pair') return undefined;
  // More nanoseconds since 1970 than a number holds.
  const sinceNs = BigInt(fields.host ?? 0) - BigInt(wall.wallMs) * 1_000_000n;
  const hostMs = wall.atMs + Number(sinceNs) / 1e6;
  return {
    sentMs: hostMs - wall.uncertaintyMs,
    receivedMs: hostMs + wall.uncertaintyMs,
    guestReceivedMs: Number(fields.latest) / 1e6,
    guestSentMs: Number(fields.earliest) / 1e6,
    paired: true,
  };
}

/**
 * The anchor of a burst. A reading of both clocks at once is used where the echoes beside it, which nothing but the order of
 * events bounds, allow it; where they do not, as after somebody has set the host's clock, they alone count.
 */
export function anchorOf(readings: readonly Echo[]): Anchor | undefined {
  const pair = readings.find(({ paired }) => paired);
  const echoes = readings.filter(({ paired }) => !paired);
  const byEchoes = enclosed(echoes);
  if (!byEchoes || !pair) return byEchoes;
  const all = enclosed(readings);
  if (!all || all.contradictionMs !== undefined) return { ...all, ...byEchoes };
  // What was read then holds then: until the middle of the burst the clocks may have drifted apart.
  const hostMs = (pair.sentMs + pair.receivedMs) / 2;
  return { hostMs, guestMs: hostMs + all.guestMs - all.hostMs, uncertaintyMs: all.uncertaintyMs, paired: true };
}

/** The most that a Linux clock runs fast or slow: include/linux/timex.h, MAXFREQ, 500 000 ns a second. */
const MAXIMUM_DRIFT = 500e-6;

/**
 * The anchor of a burst of echoes. No message arrives before it was sent, so every echo bounds the offset between the
 * clocks from both sides: guest less host is at most `guestReceived - sent` and at least `guestSent - received`. The
 * tightest bounds of the burst, which may come from different echoes, enclose it; their middle is the estimate and half
 * their distance what it can be wrong by (the interval intersection of Marzullo 1984, as NTP uses it, RFC 5905 §11.2.1).
 *
 * Assumption: within a burst (some 20 ms) the two clocks run equally fast, to within MAXIMUM_DRIFT. Where the bounds exclude
 * each other by more, one clock has jumped: any echo may be the right one, and the anchor is as uncertain as the whole
 * stretch from the lowest to the highest bound.
 * Undefined when there is no echo.
 */
function enclosed(echoes: readonly Echo[]): Anchor | undefined {
  const first = echoes[0];
  const last = echoes.at(-1);
  if (!first || !last) return undefined;
  const highest = echoes.map((echo) => echo.guestReceivedMs - echo.sentMs);
  const lowest = echoes.map((echo) => echo.guestSentMs - echo.receivedMs);
  const [atMostMs, atLeastMs] = [Math.min(...highest), Math.max(...lowest)];
  const hostMs = (first.sentMs + last.receivedMs) / 2;
  const driftMs = MAXIMUM_DRIFT * (last.receivedMs - first.sentMs);
  const contradictionMs = atLeastMs - atMostMs;
  if (contradictionMs > driftMs) {
    const [lowMs, highMs] = [Math.min(...lowest), Math.max(...highest)];
    return { hostMs, guestMs: hostMs + (lowMs + highMs) / 2, uncertaintyMs: (highMs - lowMs) / 2, contradictionMs };
  }
  const uncertaintyMs = contradictionMs > 0 ? driftMs : -contradictionMs / 2;
  return { hostMs, guestMs: hostMs + (atMostMs + atLeastMs) / 2, uncertaintyMs };
}

/**
 * Host time of a guest time, both in milliseconds, from the anchors before and after it: on the line through both, so
 * that a guest clock that runs fast or slow is followed. With one anchor the clocks are taken to run equally fast.
 *
 * @param standstills of the machine. Mostly the guest's clock stands still with it (under TCG the time-stamp counter, under KVM
 *   kvmclock); under KVM a guest that goes by the counter itself sees the time pass. The anchors show which it was.
 */
export function hostTimeOf(
  guestMs: number,
  before: Anchor | undefined,
  after: Anchor | undefined,
  standstills: readonly Standstill[] = [],
): number | undefined {
  const anchor = before ?? after;
  if (!anchor) return undefined;
  if (!before || !after || after.guestMs <= before.guestMs) return anchor.hostMs + (guestMs - anchor.guestMs);
  const guestRanMs = after.guestMs - before.guestMs;
  const hostRanMs = after.hostMs - before.hostMs;
  const stoodMs = stoodStillMs(standstills, before.hostMs, after.hostMs);
  const clockStood = Math.abs(guestRanMs - hostRanMs + stoodMs) < Math.abs(guestRanMs - hostRanMs);
  const ranMs = clockStood ? hostRanMs - stoodMs : hostRanMs;
  const runningMs = before.hostMs + ((guestMs - before.guestMs) * ranMs) / guestRanMs;
  if (!clockStood) return runningMs;
  // What seems to come right before the machine stood still came right after, with what it was asked for meanwhile.
  const toleranceMs = before.uncertaintyMs + after.uncertaintyMs;
  let hostMs = runningMs;
  for (const { fromMs, toMs } of standstills)
    if (fromMs >= before.hostMs && hostMs >= fromMs - toleranceMs) hostMs += toMs - fromMs;
  return hostMs;
}

/**
 * Echoes that are not further apart on the host's clock are of one burst. Within one they follow each other at once; but an
 * echo is stamped at its first byte, and on a slow host the rest of its line takes longer than this to arrive.
 */
const BURST_GAP_MS = 50;

const CLOCK_SOURCES = ['ptp_kvm', 'echoes', 'both'] as const;
type ClockSource = (typeof CLOCK_SOURCES)[number];

function sourceOf(anchors: readonly Anchor[]): ClockSource {
  if (anchors.every(({ paired }) => paired)) return 'ptp_kvm';
  return anchors.some(({ paired }) => paired) ? 'both' : 'echoes';
}

/** The two clocks over a whole boot. */
export interface BootClock {
  /** How far apart, at the most, the clocks may be after alignment: the worst anchor of the boot. */
  readonly uncertaintyMs: number;
  /** Guest less host at the recording's beginning, in milliseconds. */
  readonly offsetMs: number;
  /** What tied them together: readings of both at once by ptp_kvm, echoes over the marker channel, or now this, now that. */
  readonly by: ClockSource;
  /** How much faster the guest's clock runs, in parts per million; absent with fewer than two anchors. */
  readonly driftPpm?: number;
  /** What that can be wrong by: a boot of half a second says little about a drift. */
  readonly driftUncertaintyPpm?: number;
}

/** The bursts of a boot in which the clocks contradict each other. */
export function contradictions(events: readonly RecordedEvent[]): readonly Anchor[] {
  return bursts(events).flatMap((burst) => {
    const anchor = anchorOf(burst);
    return anchor?.contradictionMs === undefined ? [] : [anchor];
  });
}

/**
 * Offset and drift by least squares through the anchors of all bursts of a boot, until a step of its sequence has the machine
 * stand still or resets it, after which there is another offset. Undefined without echoes.
 */
export function bootClock(events: readonly RecordedEvent[]): BootClock | undefined {
  const acted = events.findIndex(
    (event) => event.source === 'harness' && event.event === 'machine-step' && event.step !== 'rescan',
  );
  const anchors = bursts(acted === -1 ? events : events.slice(0, acted)).flatMap((burst) => anchorOf(burst) ?? []);
  if (anchors.length === 0) return undefined;
  const { m: slope, b: offsetMs } = linearRegression(anchors.map(({ hostMs, guestMs }) => [hostMs, guestMs - hostMs]));
  const uncertaintyMs = Math.max(...anchors.map((anchor) => anchor.uncertaintyMs));
  const spanMs = (anchors.at(-1)?.hostMs ?? 0) - (anchors[0]?.hostMs ?? 0);
  const whole = { uncertaintyMs, offsetMs, by: sourceOf(anchors) };
  if (anchors.length < 2 || spanMs <= 0) return whole;
  return { ...whole, driftPpm: slope * 1e6, driftUncertaintyPpm: ((2 * uncertaintyMs) / spanMs) * 1e6 };
}

/** The echoes of these events, by burst. */
export function bursts(events: readonly RecordedEvent[]): readonly (readonly Echo[])[] {
  const found: Echo[][] = [];
  for (const echo of echoesIn(events)) {
    const burst = found.at(-1);
    const last = burst?.at(-1);
    if (burst && last && follows(echo, last)) burst.push(echo);
    else found.push([echo]);
  }
  return found;
}

/** Whether an echo is of the same burst as the one before it. */
function follows(echo: Echo, last: Echo): boolean {
  // A reading of both clocks at once comes right before the echoes that confirm it, however long its answer travels.
  if (last.paired || echo.sentMs - last.receivedMs < BURST_GAP_MS) return true;
  // Between two bursts the agent is always asked for something else.
  return echo.request !== undefined && last.request !== undefined && echo.request === last.request + 1;
}
