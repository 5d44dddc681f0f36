import type { Outcome, Phase, PhaseKind } from '../vocabulary.ts';
import type { AnalysedOperation } from './analyse.ts';
import { type Operation, processStart, type RecordedEvent } from './recording.ts';

/**
 * The whole way of a boot, from spawning QEMU until the last of its devices is usable, put together from its operations. It is
 * nothing that was recorded of its own.
 *
 * @param operations of the boot, as `analyse` gives them for the whole of its recording
 * @param devices how many there are to wait for
 */
export function untilUsableOf(
  events: readonly RecordedEvent[],
  operations: readonly AnalysedOperation[],
  devices: number,
): AnalysedOperation | undefined {
  const started = processStart(events);
  const first = operations[0];
  if (!first) return undefined;
  const startedAtMs = started?.atMs ?? first.judged.startedAtMs;
  const operation: Operation = {
    ...{ operation: 'until-usable', cycle: 0, warmup: false, sequence: 0 },
    timeoutMs: Number.POSITIVE_INFINITY,
  };
  const wanted = operations.filter(isOnTheWay);
  const failed = wanted.map(({ judged }) => judged).find(({ outcome }) => outcome !== 'ok');
  const losses = [...new Set(operations.flatMap((one) => one.losses))];
  if (failed && failed.outcome !== 'ok') {
    const { outcome, detail, operation: its } = failed;
    const what = [its.operation, its.deviceId].filter(Boolean).join(' ');
    const expected = its.expected?.includes(outcome) ? { expected: [outcome] } : {};
    return given({ ...operation, ...expected }, startedAtMs, outcome, `${what}: ${detail}`, losses);
  }
  const usable = wanted.filter(({ judged }) => judged.operation.operation !== 'boot');
  if (!started || usable.length < devices) {
    const detail = `only ${usable.length} of ${devices} devices were tried`;
    return given(operation, startedAtMs, 'aborted', detail, losses);
  }
  const endMs = Math.max(...wanted.map(endOf));
  const phases = endToEnd(startedAtMs, endMs, operations);
  const clockUncertaintyMs = Math.max(...wanted.map(({ judged }) => judged.clockUncertaintyMs ?? 0));
  const latencyMs = endMs - startedAtMs;
  return {
    judged: { operation, startedAtMs, outcome: 'ok', detail: '', latencyMs, clockUncertaintyMs },
    phases,
    losses,
  };
}

/** What QEMU is meant to refuse is no device that anybody waits for. */
function isOnTheWay({ judged: { operation } }: AnalysedOperation): boolean {
  return operation.operation !== 'unplug' && !operation.meantRefused;
}

function given(
  operation: Operation,
  startedAtMs: number,
  outcome: Exclude<Outcome, 'ok'>,
  detail: string,
  losses: AnalysedOperation['losses'],
): AnalysedOperation {
  return { judged: { operation, startedAtMs, outcome, detail }, phases: [], losses };
}

function endOf({ judged }: AnalysedOperation): number {
  return judged.startedAtMs + (judged.latencyMs ?? 0);
}

/** A phase of one of the operations, on the recording's clock. */
interface Stretch {
  readonly name: string;
  readonly kind: PhaseKind;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isOfBoot: boolean;
}

/** Edges that are the same moment differ by what sums of floating-point numbers are wrong by; a stamp is a whole nanosecond. */
const NO_TIME_MS = 1e-6;

/** What the harness does between two operations: it ties the clocks, reads the guest's journal, and lets the guest rest. */
const BETWEEN = { name: 'between-operations', kind: 'host' } as const;

/** In several operations at the same time, none of them the boot. */
const OVERLAP = 'overlap';

/**
 * The phases of all operations on one line, none of its time counted twice. A stretch in which several are under way is `overlap`,
 * or, during the boot, the boot's phase with `+plug` behind its name.
 */
function endToEnd(startMs: number, endMs: number, operations: readonly AnalysedOperation[]): readonly Phase[] {
  const stretches = operations.flatMap(stretchesOf);
  const boot = stretches.find(({ isOfBoot }) => isOfBoot);
  const all: readonly Stretch[] = [
    ...(boot
      ? [{ name: 'qemu-start', kind: 'host', fromMs: startMs, toMs: boot.fromMs, isOfBoot: false } as const]
      : []),
    ...stretches,
  ];
  const edges = [startMs, endMs, ...all.flatMap(({ fromMs, toMs }) => [fromMs, toMs])]
    .filter((ms) => ms >= startMs && ms <= endMs)
    .toSorted((a, b) => a - b)
    .filter((ms, index, sorted) => index === 0 || ms - (sorted[index - 1] ?? 0) > NO_TIME_MS);
  const phases: Phase[] = [];
  for (const [index, fromMs] of edges.slice(0, -1).entries()) {
    const toMs = edges[index + 1] ?? endMs;
    const { name, kind } = nameOf(
      all.filter((one) => one.fromMs < toMs - NO_TIME_MS && one.toMs > fromMs + NO_TIME_MS),
    );
    const before = phases.at(-1);
    const again = before?.name === name && before.kind === kind ? phases.pop() : undefined;
    const beginMs = again ? again.startMs : fromMs - startMs;
    phases.push({ name, kind, startMs: beginMs, durationMs: toMs - startMs - beginMs });
  }
  return phases;
}

/**
 * Of a device that is there from the start the boot's phases are left out: the boot itself has them. They are those before the agent is
 * ready, which looks for its devices then.
 */
function stretchesOf({ judged, phases }: AnalysedOperation): readonly Stretch[] {
  const { operation } = judged.operation;
  const first = operation === 'start' ? phases.findIndex(({ name }) => name === 'device-search') : 0;
  if (first === -1) return [];
  return phases.slice(first).map(({ name, kind, startMs, durationMs }) => {
    const fromMs = judged.startedAtMs + startMs;
    return { name, kind, fromMs, toMs: fromMs + durationMs, isOfBoot: operation === 'boot' };
  });
}

function nameOf(active: readonly Stretch[]): Pick<Phase, 'name' | 'kind'> {
  const [only, ...others] = active;
  if (!only) return BETWEEN;
  if (others.length === 0) return only;
  const boot = active.find(({ isOfBoot }) => isOfBoot);
  if (boot) return { name: `${boot.name}+plug`, kind: boot.kind };
  // Devices that do the same side by side.
  if (others.every(({ name, kind }) => name === only.name && kind === only.kind)) return only;
  const kinds = new Set(active.map(({ kind }) => kind));
  return { name: OVERLAP, kind: kinds.size === 1 ? only.kind : 'guest' };
}
