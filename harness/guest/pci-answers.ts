import type { AgentMessage } from './protocol.ts';

/** A slot as the guest's kernel has registered it. */
export interface GuestSlot {
  /** Name under /sys/bus/pci/slots. */
  readonly name: string;
  /** Guest PCI place of the slot's function 0. */
  readonly place: string;
  /** Module that registered the slot; `-` when the kernel does not say. */
  readonly controller: string;
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
export type ClaimOutcome = 'claimed' | 'not-viable' | 'group-taken' | 'failed';

export interface Claim {
  readonly place: string;
  readonly outcome: ClaimOutcome;
  /** For a person; empty unless the outcome is `failed`. */
  readonly reason: string;
}

/** The answers to `slots`. */
export function slotsIn(answers: readonly AgentMessage[]): readonly GuestSlot[] {
  return fieldsOf(answers, 'slot').map(({ name = '', place = '', controller = '-' }) => ({ name, place, controller }));
}

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
