import { type GuestSlot, slotsIn } from '../guest/pci-answers.ts';
import type { SlotOwner } from '../guest/slot-owner.ts';
import type { Slot } from '../machine/slot.ts';
import type { Topology } from '../machine/topology/topology.ts';
import { count } from '../words.ts';
import type { Session } from './session.ts';

/** The slots the guest has registered; undefined when the agent does not answer. */
export async function guestSlots(
  session: Session,
  kernelLog: readonly string[],
): Promise<readonly GuestSlot[] | undefined> {
  const answers = await session.ask('slots');
  return answers && slotsIn(answers, kernelLog);
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
    if (slot?.owner.known && slot.owner.driver === topology.controller) return [];
    return [`slot ${place} ${slot ? whose(slot.owner) : 'is not in the guest: it lists no slot there'}`];
  });
  const [first, ...others] = wrong;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `; and so ${count(others.length, 'more slot')} of the ${used.length} used`;
  return `${topology.name} promises ${topology.controller}, but ${first}${more}`;
}

function whose(owner: SlotOwner): string {
  return owner.known ? `is owned by ${owner.driver} (told by ${owner.because.join('; ')})` : owner.problem;
}
