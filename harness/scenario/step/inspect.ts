import { z } from 'zod';
import { fail, ok } from '../../result.ts';
import { INSPECTIONS } from '../variant.ts';
import { defineStepKind } from './step-kind.ts';

/** `inspect: iommu-groups`: which IOMMU group each plugged device is in, and who can have it. */
export const inspect = defineStepKind({
  name: 'inspect',
  form: 'inspect: iommu-groups',
  argument: z.enum(INSPECTIONS),
  namedId: () => undefined,
  place: (layout, what) => {
    if (layout.plugged.length === 0) {
      const wrong = 'nothing is plugged at this step';
      return fail({ path: [], at: 'value', wrong, expected: 'a plug step before it' });
    }
    const deviceIds = layout.plugged.map(({ deviceId }) => deviceId);
    return ok({ ...layout, steps: [...layout.steps, { operation: 'inspect', what, deviceIds }] });
  },
});
