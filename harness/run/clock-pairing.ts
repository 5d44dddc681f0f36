import type { Accelerator } from '../vocabulary.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** The guest's driver for it, which the agent loads when it is asked the first time (agent/host-clock.c). Only KVM has it. */
export const PAIRING_MODULE = 'ptp_kvm';

/** Between two readings of Node's clocks lie some 0.2 µs; a pair that is further apart was interrupted. */
const GOOD_UNCERTAINTY_MS = 0.002;
/** So many at the most, each up to a millisecond of one CPU, between two operations: on a host with a load of 9, three were too few. */
const ATTEMPTS = 10;

interface WallClockReading {
  readonly wallMs: number;
  /** On process.hrtime's clock. */
  readonly atNs: bigint;
  readonly uncertaintyMs: number;
}

/**
 * Session.pairClocks: a guest under KVM with ptp_kvm reads the host's wall clock and its own in one hypercall. The wall clock
 * is read here just before, so that the recording can bring it to its own. A guest that could not once is not asked again.
 */
export function clockPairing(recorder: Recorder, ask: Session['ask'], accelerator: Accelerator): Session['pairClocks'] {
  let canPair = accelerator === 'kvm';
  return async () => {
    if (!canPair) return false;
    const { wallMs, atNs, uncertaintyMs } = readWallClock();
    recorder.record({ source: 'harness', event: 'wall-clock', wallMs, uncertaintyMs }, atNs);
    const answers = await ask('pair');
    canPair = answers?.at(-1)?.kind === 'pair';
    return canPair;
  };
}

/**
 * Both of the host's clocks at one moment. Node shows the wall clock in whole milliseconds only, so this waits for one to turn
 * over: then it is exact, and two readings of the monotonic clock enclose it.
 */
export function readWallClock(): WallClockReading {
  let best = turnover();
  for (let i = 1; i < ATTEMPTS && best.uncertaintyMs > GOOD_UNCERTAINTY_MS; i += 1) {
    const next = turnover();
    if (next.uncertaintyMs < best.uncertaintyMs) best = next;
  }
  return best;
}

function turnover(): WallClockReading {
  const from = Date.now();
  let beforeNs = process.hrtime.bigint();
  for (;;) {
    const wallMs = Date.now();
    const afterNs = process.hrtime.bigint();
    const halfNs = (afterNs - beforeNs) / 2n;
    if (wallMs !== from) return { wallMs, atNs: beforeNs + halfNs, uncertaintyMs: Number(halfNs + 1n) / 1e6 };
    beforeNs = afterNs;
  }
}
