import type { Session } from './session.ts';

/**
 * Round trips after each operation, from which the shortest ties the guest's clock to the host's. Under TCG the best of
 * 12 is within about 0.1 ms of the best of 100, and 12 cost about 15 ms.
 */
const ECHOES = 12;
/** Beside a reading of both clocks at once, which echoes only have to confirm. */
const CONFIRMING_ECHOES = 4;

/** After operations: what ties the clocks together, and what the guest has noted in the meantime. */
export async function observe(session: Session): Promise<void> {
  await alignClocks(session);
  await session.ask('journal');
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
