import pDefer from 'p-defer';
import { isMachineStep } from '../../scenario/step/walk-steps.ts';
import type { MachineStep, MeasuredStep, ParallelStep, Step } from '../../variant.ts';

/** What can begin at the same time as others, at a moment that is known. */
export type Startable = MeasuredStep | MachineStep;

/** How a branch of parallel steps begins. */
export interface BranchStart {
  /** What the branch begins with, or several of it. Undefined where it begins with another step. */
  readonly first?: Startable | ParallelStep;
  /** How long the waits before that are together. */
  readonly delayMs: number;
  /** The steps to be performed: all but those waits, which are part of how `first` begins. */
  readonly steps: readonly Step[];
}

export function branchStart(steps: readonly Step[]): BranchStart {
  let delayMs = 0;
  for (const [index, step] of steps.entries()) {
    if (step.operation === 'wait' && 'waitMs' in step) delayMs += step.waitMs;
    else if (isMeasured(step) || isMachineStep(step) || step.operation === 'parallel')
      return { first: step, delayMs, steps: steps.slice(index) };
    else break;
  }
  return { delayMs: 0, steps };
}

/** What the branches begin with, and how long each waits after all of it is prepared, in milliseconds. */
export function startDelays({ branches }: ParallelStep, beforeMs = 0): ReadonlyMap<Startable, number> {
  return new Map(
    branches.flatMap((branch): readonly (readonly [Startable, number])[] => {
      const { first, delayMs } = branchStart(branch);
      if (first?.operation === 'parallel') return [...startDelays(first, beforeMs + delayMs)];
      return first ? [[first, beforeMs + delayMs]] : [];
    }),
  );
}

export function isMeasured(step: Step): step is MeasuredStep {
  return step.operation === 'plug' || step.operation === 'unplug';
}

/**
 * Lets all go on when each of them has come: what it returns resolves for one after the other in their order here, so that the
 * commands of what begins together are written in the order of the file, whoever was prepared first.
 */
export function barrier<One>(all: Iterable<One>): (one: One) => Promise<void> {
  const places = new Map([...all].map((one) => [one, pDefer<void>()] as const));
  const missing = new Set(places.keys());
  return async (one) => {
    missing.delete(one);
    // Not before the last one waits, too: otherwise it would come behind all others.
    if (missing.size === 0) queueMicrotask(() => [...places.values()].forEach(({ resolve }) => void resolve()));
    await places.get(one)?.promise;
  };
}
