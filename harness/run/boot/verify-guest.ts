import { type GuestSlot, slotsIn } from '../../guest/pci-answers.ts';
import type { SlotOwner } from '../../guest/slot-owner.ts';
import type { Slot } from '../../machine/device/device.ts';
import type { Topology } from '../../machine/topology/topology.ts';
import type { GuestConfig, Variant } from '../../variant.ts';
import { isWaitParameter } from '../../versions/kernel-build/wait-parameters.ts';
import { count } from '../../words.ts';
import type { Session } from '../session/session.ts';
import type { Broken } from './operation.ts';

/** The slots of a guest as it lists them. */
export interface GuestSlots {
  readonly found: readonly GuestSlot[];
  /** The guest's names of its slots, by place. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The slots that the guest has registered; undefined when the agent does not answer.
 *
 * @param kernelLog what the guest's kernel has written to its log until now
 */
export async function guestSlots(session: Session, kernelLog: readonly string[]): Promise<GuestSlots | undefined> {
  const answers = await session.ask('slots');
  if (!answers) return undefined;
  const found = slotsIn(answers, kernelLog);
  return { found, names: new Map(found.map(({ place, name }) => [place, name])) };
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

/**
 * What is wrong with the drivers of the slots that will be used: undefined when the promised one owns them all. Without
 * this check a guest that, say, lacks PCI_MMCONFIG would be measured with another driver than the one that is named.
 */
export function wrongController(
  topology: Topology,
  used: readonly Slot[],
  found: readonly GuestSlot[],
): string | undefined {
  const wrong = used.flatMap(({ place, isClosed }) => {
    if (isClosed) return [];
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

/**
 * Asks a booted guest for the waits that the scenario sets, by setting each once more to the same value. Whether a kernel
 * has them is asked of its image before; some images cannot be read, and a kernel ignores what it does not know, so the
 * run would measure five seconds that the scenario meant to remove. Says what is wrong, or undefined.
 */
export async function missingParameter(
  session: Session,
  parameters: GuestConfig['parameters'],
): Promise<string | undefined> {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || !isWaitParameter(name)) continue;
    const [module, parameter] = name.replaceAll('-', '_').split('.');
    const answers = await session.ask('set', { file: `/sys/module/${module}/parameters/${parameter}`, value });
    const refused = answers?.find(({ kind }) => kind === 'rejected');
    if (refused)
      return `the guest kernel has no parameter ${name} that could be set to ${value}: ${refused.fields.reason}`;
  }
  return undefined;
}
