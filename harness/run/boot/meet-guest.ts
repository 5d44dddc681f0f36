import { openKernelLog } from '../session/observe.ts';
import type { Session } from '../session/session.ts';
import { type BootInProgress, breakBoot } from './boot-in-progress.ts';
import { guestSlots, verifyGuest } from './verify-guest.ts';

/**
 * After a boot from the firmware on: finds out whether the guest is what the variant promises, and switches its hot-plug messages
 * on.
 *
 * @param kernelLog what its kernel has written to its log since then
 */
export async function meetGuest(boot: BootInProgress, session: Session, kernelLog: readonly string[]): Promise<void> {
  const { variant, topology, operations } = boot;
  boot.slots = await guestSlots(session, kernelLog);
  const wrong = await verifyGuest(session, variant, topology, operations.slots, boot.slots);
  if (wrong) breakBoot(boot, wrong.detail, wrong);
  else await openKernelLog(session);
}
