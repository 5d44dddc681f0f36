import pDefer from 'p-defer';
import type { MeasuredStep, ParallelStep, Step } from '../../variant.ts';

/** How a branch of parallel steps begins. */
export interface BranchStart {
  /** What the branch begins with: an operation, or parallel ones. Undefined where it begins with another step. */
  readonly first?: MeasuredStep | ParallelStep;
  /** How long the waits before that are together. */
  readonly delayMs: number;
  /** The steps to be performed: all but those waits, which are part of how `first` begins. */
  readonly steps: readonly Step[];
}

export function branchStart(steps: readonly Step[]): BranchStart {
  let delayMs = 0;
  for (const [index, step] of steps.entries()) {
    if (step.operation === 'wait' && 'waitMs' in step) delayMs += step.waitMs;
    else if (isMeasured(step) || step.operation === 'parallel')
      return { first: step, delayMs, steps: steps.slice(index) };
    else break;
  }
  return { delayMs: 0, steps };
}

/** The operations with which the branches begin, and how long each waits after all of them are prepared, in milliseconds. */
export function startDelays({ branches }: ParallelStep, beforeMs = 0): ReadonlyMap<MeasuredStep, number> {
  return new Map(
    branches.flatMap((branch): readonly (readonly [MeasuredStep, number])[] => {
      const { first, delayMs } = branchStart(branch);
      if (first?.operation === 'parallel') return [...startDelays(first, beforeMs + delayMs)];
      return first ? [[first, beforeMs + delayMs]] : [];
    }),
  );
}

export function isMeasured(step: Step): step is MeasuredStep {
  return step.operation === 'plug' || step.operation === 'unplug';
}

/** What it returns resolves, for all callers, when it has been called so many times. */
export function barrier(times: number): () => Promise<void> {
  let missing = times;
  const all = pDefer<void>();
  return () => {
    missing -= 1;
    if (missing <= 0) all.resolve();
    return all.promise;
  };
}
