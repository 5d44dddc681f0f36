import type { AgentMessage } from '../guest/protocol.ts';
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
 * (timeline/clock-rate.ts). A guest that is restored goes on with the rate of the one that was saved.
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
    // The second lies between two halts, whose readings of QEMU's clock it has to fit (timeline/clock-contradiction.ts).
    await session.ask('clocks');
    await session.ask('clocks');
    return;
  }
  const echoes = (await session.pairClocks()) ? CONFIRMING_ECHOES : ECHOES;
  for (let i = 0; i < echoes; i++) await session.ask('echo');
}
