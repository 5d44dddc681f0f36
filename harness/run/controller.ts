import { type GuestSlot, slotsIn } from '../guest/pci-answers.ts';
import type { Slot, Topology } from '../topology/topology.ts';
import type { Session } from './session.ts';

/** The slots the guest has registered; undefined when the agent does not answer. */
export async function guestSlots(session: Session): Promise<readonly GuestSlot[] | undefined> {
  const answers = await session.ask('slots');
  return answers && slotsIn(answers);
}

/**
 * What is wrong with the drivers of the slots that will be used: undefined when the promised one owns them all. Without
 * this check a guest that, say, lacks PCI_MMCONFIG would be measured with a driver nobody meant to measure.
 */
export function wrongController(
  topology: Topology,
  used: readonly Slot[],
  found: readonly GuestSlot[],
): string | undefined {
  const wrong = used.flatMap(({ place }) => {
    const slot = found.find((candidate) => candidate.place === place);
    if (slot?.controller === topology.controller) return [];
    return [`slot ${place} is ${slot ? `owned by ${slot.controller}` : 'not registered by any driver'}`];
  });
  return wrong.length === 0 ? undefined : `${topology.name} promises ${topology.controller}, but ${wrong.join(', ')}`;
}
