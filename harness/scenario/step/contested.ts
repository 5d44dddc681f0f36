import type { ParallelStep, Step, UnplugStep } from '../../variant.ts';

/** These steps, with a mark on those whose device another step unplugs while they are under way. */
export function markContested(steps: readonly Step[], ids: ReadonlySet<string>): readonly Step[] {
  return steps.map((step): Step => {
    if (step.operation === 'plug' || step.operation === 'unplug')
      return ids.has(step.deviceId) ? { ...step, contested: true } : step;
    if (step.operation === 'parallel')
      return { ...step, branches: step.branches.map((branch) => markContested(branch, ids)) };
    return step;
  });
}

/**
 * When the operations of a step begin, in milliseconds after the first of them, by the ids of their devices; the latest of
 * those with one id. Empty for a step in which not every operation begins at a known time.
 */
export function beginsOf(step: Step | undefined): ReadonlyMap<string, number> {
  const begins = new Map<string, number>();
  if (step?.operation === 'plug' || step?.operation === 'unplug') return begins.set(step.deviceId, 0);
  if (step?.operation !== 'parallel') return begins;
  for (const branch of step.branches) {
    const [first, second, third] = branch;
    const waitMs = first?.operation === 'wait' && 'waitMs' in first ? first.waitMs : undefined;
    const [operation, rest] = waitMs === undefined ? [first, second] : [second, third];
    if (rest !== undefined || (operation?.operation !== 'plug' && operation?.operation !== 'unplug')) return new Map();
    begins.set(operation.deviceId, Math.max(waitMs ?? 0, begins.get(operation.deviceId) ?? 0));
  }
  return begins;
}

/** The step before, and so long after each of its commands the unplug of the same device, whatever has become of it. */
export function alongside(before: Step, unplugs: readonly UnplugStep[], afterMs: number): ParallelStep {
  const begins = beginsOf(before);
  const branches = before.operation === 'parallel' ? before.branches : [[before]];
  const ids = new Set(unplugs.map(({ deviceId }) => deviceId));
  const later = unplugs.map((step): readonly Step[] => {
    const waitMs = (begins.get(step.deviceId) ?? 0) + afterMs;
    return [...(waitMs > 0 ? [{ operation: 'wait', waitMs } as const] : []), step];
  });
  return { operation: 'parallel', branches: [...branches, ...later].map((branch) => markContested(branch, ids)) };
}
