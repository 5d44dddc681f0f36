import type { GuestSlot } from '../guest/pci-answers.ts';
import type { Slot } from '../machine/slot.ts';
import type { Topology } from '../machine/topology/topology.ts';
import type { Variant } from '../variant.ts';
import type { Broken } from './broken.ts';
import { missingParameter } from './check-parameters.ts';
import { guestSlots, wrongController } from './controller.ts';
import type { Session } from './session.ts';

/** The slots of a guest as it lists them. */
export interface GuestSlots {
  readonly found: readonly GuestSlot[];
  /** The guest's names of its slots, by place. */
  readonly names: ReadonlyMap<string, string>;
}

/** @param kernelLog what the guest's kernel has written to its log until now */
export async function slotNamesOf(session: Session, kernelLog: readonly string[]): Promise<GuestSlots | undefined> {
  const found = await guestSlots(session, kernelLog);
  return found && { found, names: new Map(found.map(({ place, name }) => [place, name])) };
}

/** Whether the guest is what the variant promises; if not, nothing can be measured on it. */
export async function verifyGuest(
  session: Session,
  { guest }: Variant,
  topology: Topology,
  used: readonly Slot[],
  slots: GuestSlots | undefined,
): Promise<Broken | undefined> {
  if (!slots) return { reason: 'earlier-failure', detail: 'not tried: the guest did not list its slots' };
  const wrong = wrongController(topology, used, slots.found);
  if (wrong !== undefined) return { reason: 'wrong-controller', detail: wrong };
  const missing = await missingParameter(session, guest.parameters);
  return missing === undefined ? undefined : { reason: 'missing-parameter', detail: missing };
}
