import type { AgentMessage } from './protocol.ts';
import { type SlotOwner, slotOwner } from './slot-owner.ts';

/** A slot as the guest's kernel has registered it. */
export interface GuestSlot {
  /** Name under /sys/bus/pci/slots. */
  readonly name: string;
  /** Guest PCI place of the slot's function 0. */
  readonly place: string;
  readonly owner: SlotOwner;
}

/** A PCI function that the guest has. */
export interface GuestFunction {
  readonly place: string;
  /** The driver that is bound to it; `-` for none. */
  readonly driver: string;
  /** Number of its IOMMU group; `-` for none. */
  readonly group: string;
}

/**
 * What became of one device that a userspace driver wanted: `not-viable`, because a kernel driver has another device of
 * the group; `group-taken`, because another userspace driver has; `failed` for anything that tells nothing about groups.
 */
type ClaimOutcome = 'claimed' | 'not-viable' | 'group-taken' | 'failed';

export interface Claim {
  readonly place: string;
  readonly outcome: ClaimOutcome;
  /** For a person; empty unless the outcome is `failed`. */
  readonly reason: string;
}

/**
 * The answers to `slots`, with the owner of each.
 *
 * @param log lines of the guest's kernel log since its boot
 */
export function slotsIn(answers: readonly AgentMessage[], log: readonly string[]): readonly GuestSlot[] {
  return fieldsOf(answers, 'slot').map(({ name = '', place = '', ...signs }) => {
    const { operable, bridge, services, ejectable, 'bridge-driver': driver } = signs;
    // Older agents looked at this link only and called it so.
    const module = signs.module ?? (signs.controller === '-' ? undefined : signs.controller);
    const owner = slotOwner(
      name,
      {
        ...(operable !== undefined && { operable: operable === 'yes' }),
        ...(module !== undefined && { module }),
        ...(bridge !== undefined && {
          bridge: { address: bridge, services: services?.split(',') ?? [], ...(driver !== undefined && { driver }) },
        }),
        ...(ejectable !== undefined && { ejectable }),
      },
      log,
    );
    return { name, place, owner };
  });
}

/** What a request for an `inventory` says, for whoever reads a recording, where it is of a check and not of an inspection. */
export const OF_CHECK = { of: 'check' } as const;

/** The answers to `inventory`. */
export function functionsIn(answers: readonly AgentMessage[]): readonly GuestFunction[] {
  return fieldsOf(answers, 'pci').map(({ place = '', driver = '-', group = '-' }) => ({ place, driver, group }));
}

/** The answers to `claim`. */
export function claimsIn(answers: readonly AgentMessage[]): readonly Claim[] {
  return fieldsOf(answers, 'claim').map(({ place = '', outcome, reason = '' }) => ({
    place,
    outcome: outcome === 'claimed' || outcome === 'not-viable' || outcome === 'group-taken' ? outcome : 'failed',
    reason,
  }));
}

function fieldsOf(answers: readonly AgentMessage[], kind: string) {
  return answers.flatMap((answer) => (answer.kind === kind ? [answer.fields] : []));
}
