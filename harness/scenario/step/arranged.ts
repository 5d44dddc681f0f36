import { z } from 'zod';
import type { Step } from '../../variant.ts';
import { offsetMs } from '../yaml/quantity.ts';

/** How several operations of one step follow each other: keys of `plug` and of `unplug`. */
export const arrangement = {
  together: z
    .boolean()
    .describe('several at the same time, which is the default, or one after another')
    .exactOptional(),
  gap: offsetMs.describe('between the starts of those that go together, or between one and the next').exactOptional(),
};

export interface Arrangement {
  readonly together?: boolean;
  /** Milliseconds. */
  readonly gap?: number;
}

/** Several steps of one kind, at the same time or one after another. */
export function arranged(steps: readonly Step[], { together = true, gap = 0 }: Arrangement): readonly Step[] {
  if (steps.length === 1) return steps;
  if (!together) return steps.flatMap((step, index) => [...(index > 0 ? wait(gap) : []), step]);
  return [{ operation: 'parallel', branches: steps.map((step, index) => [...wait(gap * index), step]) }];
}

function wait(waitMs: number): readonly Step[] {
  return waitMs > 0 ? [{ operation: 'wait', waitMs }] : [];
}
