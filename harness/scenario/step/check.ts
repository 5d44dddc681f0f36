import { z } from 'zod';
import { CHECKS } from '../../variant.ts';
import { defineStepKind, misplaced } from './step-kind.ts';

/** `check: devices`: whether everything that the machine has is still there, and works. */
export const check = defineStepKind({
  name: 'check',
  form: 'check: devices',
  argument: () => z.enum(CHECKS),
  namedIds: () => [],
  place: (layout, what, { path, inParallel }) => {
    if (inParallel) return misplaced(layout, path, 'a check while something else goes on', 'it outside of parallel');
    const devices = layout.plugged.map(({ path: _, ...device }) => device);
    const steps = [...layout.steps, { operation: 'check', what, devices } as const];
    return { layout: { ...layout, steps, count: layout.count + 1 }, findings: [] };
  },
});
