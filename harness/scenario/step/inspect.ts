import { z } from 'zod';
import { INSPECTIONS } from '../../variant.ts';
import { defineStepKind, misplaced } from './step-kind.ts';

/** `inspect: iommu-groups`: which IOMMU group each plugged device is in, and who can have it. */
export const inspect = defineStepKind({
  name: 'inspect',
  form: 'inspect: iommu-groups',
  argument: () => z.enum(INSPECTIONS),
  namedIds: () => [],
  place: (layout, what, { path, inParallel }) => {
    if (inParallel)
      return misplaced(layout, path, 'an inspection while something else goes on', 'it outside of parallel');
    if (layout.plugged.length === 0 && layout.incomplete) return { layout, findings: [] };
    if (layout.plugged.length === 0) {
      return misplaced(layout, path, 'nothing is plugged at this step', 'a plug step before it');
    }
    const devices = layout.plugged.map(({ path: _, ...device }) => device);
    const steps = [...layout.steps, { operation: 'inspect', what, devices } as const];
    return { layout: { ...layout, steps, count: layout.count + 1 }, findings: [] };
  },
});
