import type { Session } from './session.ts';

/**
 * Round trips after each operation, from which the shortest ties the guest's clock to the host's. Under TCG the best of
 * 12 is within about 0.1 ms of the best of 100, and 12 cost about 15 ms.
 */
const ECHOES = 12;

/** After operations: what ties the clocks together, and what the guest has noted in the meantime. */
export async function observe(session: Session): Promise<void> {
  await alignClocks(session);
  await session.ask('journal');
}

/** A burst of echoes: the guest's clock against the host's. */
export async function alignClocks(session: Session): Promise<void> {
  if (session.clock === 'virtual') {
    // The second lies between two halts, whose readings of QEMU's clock it has to fit (timeline/clock-contradiction.ts).
    await session.ask('clocks');
    await session.ask('clocks');
    return;
  }
  for (let i = 0; i < ECHOES; i++) await session.ask('echo');
}
