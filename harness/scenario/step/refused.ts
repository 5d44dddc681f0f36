import type { Outcome } from '../../vocabulary.ts';

/** What a step has that QEMU is meant to refuse: anything else is a failure of the run. */
export const MEANT_REFUSED = { meantRefused: true, expected: ['refused'] } as const;

/** Which of a step's devices QEMU is to refuse, by the outcomes it expects: all, or those for which there is no slot. */
export function refusedOf(expected: readonly Outcome[] | undefined): 'all' | 'rest' | undefined {
  if (!expected?.includes('refused')) return undefined;
  return expected.length === 1 ? 'all' : 'rest';
}
