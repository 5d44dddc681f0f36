import type { Phase } from '../vocabulary.ts';
import { type RecordedEvent, receivedQmpEvent } from './recording.ts';

/** A stretch in which a step of the sequence had the machine stand still, in milliseconds on the recording's clock. */
export interface Standstill {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The standstills that have ended, by QEMU's own word for when they began and ended. */
export function standstillsIn(events: readonly RecordedEvent[]): readonly Standstill[] {
  const found: Standstill[] = [];
  let asked: string | undefined;
  let fromMs: number | undefined;
  for (const event of events) {
    if (event.source === 'harness' && event.event === 'machine-step') asked = event.step;
    const said = receivedQmpEvent(event)?.event;
    if (asked === 'pause' && said === 'STOP') fromMs = event.atMs;
    if (asked !== 'resume' || said !== 'RESUME' || fromMs === undefined) continue;
    found.push({ fromMs, toMs: event.atMs });
    fromMs = undefined;
  }
  return found;
}

/** How long the machine stood still between two moments. */
export function stoodStillMs(standstills: readonly Standstill[], beginMs: number, endMs: number): number {
  return standstills.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, beginMs)),
    0,
  );
}

/** Whatever the host does meanwhile, such as QEMU's creating of the device, is part of it. */
const NAME = 'machine-stopped';

/** The phases with these stretches cut out of them, as phases of their own: nothing in the guest takes any time in them. */
export function withStandstills(
  phases: readonly Phase[],
  startedAtMs: number,
  standstills: readonly Standstill[],
): readonly Phase[] {
  return standstills.reduce((cut: readonly Phase[], { fromMs, toMs }) => {
    const [from, to] = [fromMs - startedAtMs, toMs - startedAtMs];
    const rest = (phase: Phase, beginMs: number, endMs: number) =>
      endMs > beginMs ? [{ ...phase, startMs: beginMs, durationMs: endMs - beginMs }] : [];
    const before = cut.flatMap((phase) => rest(phase, phase.startMs, Math.min(endOf(phase), from)));
    const after = cut.flatMap((phase) => rest(phase, Math.max(phase.startMs, to), endOf(phase)));
    const beginMs = Math.max(from, cut[0]?.startMs ?? 0);
    const endMs = Math.min(to, endOf(cut.at(-1)));
    const stopped = rest({ name: NAME, kind: 'host', startMs: 0, durationMs: 0 }, beginMs, endMs);
    return stopped.length === 0 ? cut : [...before, ...stopped, ...after];
  }, phases);
}

function endOf(phase: Phase | undefined): number {
  return phase ? phase.startMs + phase.durationMs : 0;
}
