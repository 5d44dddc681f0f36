import { allDrivers } from '../../drivers/index.ts';
import type { LogSwitch } from '../../drivers/kernel-messages.ts';
import { DRIVER_CORE_MESSAGES } from '../../drivers/kernel-messages.ts';
import type { AgentMessage } from '../../guest/protocol.ts';
import type { Accelerator } from '../../vocabulary.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/**
 * Round trips after each operation, from which the shortest ties the guest's clock to the host's. Under TCG the best of
 * 12 is within about 0.1 ms of the best of 100, and 12 cost about 15 ms.
 */
const ECHOES = 12;
/** Beside a reading of both clocks at once, which echoes only have to confirm. */
const CONFIRMING_ECHOES = 4;

/**
 * From the first echo after a boot to the second burst. Round trips of 1 ms, as under TCG on a host that has time, show a rate
 * that is more than 2 % off; the journal in between mostly takes as long anyway. On a slower channel less is shown here, and the
 * rest by the longer spans between the echoes around an operation.
 */
const RATE_SPAN_MS = 250;

/** After operations: what ties the clocks together, and what the guest has noted in the meantime. */
export async function observe(session: Session): Promise<void> {
  await alignClocks(session);
  await askJournal(session);
}

/**
 * After a boot from the firmware on: the same, and the rate of the guest's clock, which its kernel has just measured
 * (timeline/wrong-clock.ts). A guest that is restored goes on with the rate of the one that was saved.
 */
export async function observeBoot(session: Session): Promise<void> {
  const fromMs = performance.now();
  await observe(session);
  if (session.clock === 'virtual') return;
  await session.rest(Math.max(0, fromMs + RATE_SPAN_MS - performance.now()));
  await alignClocks(session);
}

/**
 * What the guest has noted since it was asked last. On the real clock it is read from the guest's memory (window.ts), on the
 * virtual one it comes over the serial line: while the harness reads, a guest with nothing to do leaps from timer to timer.
 *
 * @param tied whether it begins with lines that tie the kernel log's clock
 */
export function askJournal(session: Session, tied = true): Promise<readonly AgentMessage[] | undefined> {
  return session.ask('journal', {
    ...(session.clock === 'real' && { memory: 'yes' }),
    ...(!tied && { untied: 'yes' }),
  });
}

/** A burst of echoes, and before them a reading of both clocks at once where there can be one. */
export async function alignClocks(session: Session): Promise<void> {
  if (session.clock === 'virtual') {
    // The second lies between two halts, whose readings of QEMU's clock it has to fit (timeline/wrong-clock.ts).
    await session.ask('clocks');
    await session.ask('clocks');
    return;
  }
  const echoes = (await session.pairClocks()) ? CONFIRMING_ECHOES : ECHOES;
  for (let i = 0; i < echoes; i++) await session.ask('echo');
}

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

/**
 * What is switched on, after the boot has been measured, so that phases have edges: the messages of every driver, since who
 * owns a slot may be another than the one that was promised. The lines go to the log's buffer only, not to the console, and
 * cost some ten microseconds each under TCG. A kernel without a switch (no CONFIG_DYNAMIC_DEBUG, no SHPC) rejects it, and the
 * phases that need it end up as `unattributed`.
 */
export const LOG_SWITCHES: ReadonlySet<LogSwitch> = new Set([
  // What the agent writes to the log, the ties of its clock, is let through ten times in five seconds only and then dropped
  // in silence (printk.c, devkmsg_write()). The kernel takes the value with a newline only.
  { file: '/proc/sys/kernel/printk_devkmsg', value: 'on\n' },
  // The steps of the hot-plug state machines; a switch that several drivers have is one and the same object.
  ...allDrivers.flatMap(({ logSwitches }) => logSwitches),
  ...DRIVER_CORE_MESSAGES,
]);

/** Switches the guest's hot-plug messages on. Between operations only: it takes the guest's time. */
export async function openKernelLog(session: Session): Promise<void> {
  for (const { file, value } of LOG_SWITCHES) await session.ask('set', { file, value });
}
