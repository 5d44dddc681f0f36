import { groupBy } from '../statistics/groups.ts';

/** A variant that a run was to have and goes on without, since its version of QEMU or the kernel cannot be had. */
export interface UnavailableVariant {
  readonly scenario: string;
  readonly variant: string;
  /** What happened, and what to do. */
  readonly reason: string;
}

/** For a person: each reason once, with the variants that it keeps away. */
export function unavailableLines(unavailable: readonly UnavailableVariant[]): readonly string[] {
  const byReason = groupBy(unavailable, ({ reason }) => reason);
  return [...byReason].map(([reason, variants]) => {
    const names = variants.map(({ scenario, variant }) => `${scenario}/${variant}`).join(', ');
    return `left out: ${names}: ${reason}`;
  });
}
