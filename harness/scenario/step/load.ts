import { z } from 'zod';
import { defineStepKind, misplaced, type SequenceItems } from './step-kind.ts';

/** More than any guest here has. */
const MAX_CPUS = 255;

export const busyCpus = {
  guest: z.int().min(0).max(MAX_CPUS).describe('busy processes in the guest').exactOptional(),
  host: z.int().min(0).max(MAX_CPUS).describe('busy processes on the host, beside QEMU').exactOptional(),
};

interface Argument {
  readonly guest?: number;
  readonly host?: number;
  readonly steps: SequenceItems;
}

/** `load: { guest: 2, host: 2, steps: [plug, unplug] }`: the steps, with so many processes that do nothing but count. */
export const load = defineStepKind<Argument>({
  name: 'load',
  form: 'load: { guest, host, steps }',
  argument: (steps) => z.strictObject({ ...busyCpus, steps }) as z.ZodType<Argument>,
  namedIds: ({ steps }, inSteps) => inSteps(steps),
  place: (layout, { guest = 0, host = 0, steps }, { path, placeSteps, inParallel }) => {
    if (inParallel) return misplaced(layout, path, 'a load in one of several branches', 'it around parallel');
    if (guest + host === 0) {
      return misplaced(layout, path, 'a load that keeps nothing busy', '"guest", "host" or both from 1 up');
    }
    const { layout: inside, findings } = placeSteps({ ...layout, steps: [] }, steps, ['steps']);
    const step = { operation: 'load', guestCpus: guest, hostCpus: host, steps: inside.steps } as const;
    return { layout: { ...inside, steps: [...layout.steps, step] }, findings };
  },
});
