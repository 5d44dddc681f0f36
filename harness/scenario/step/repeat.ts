import { z } from 'zod';
import type { Finding } from '../yaml/problem.ts';
import { defineStepKind, type SequenceItems } from './step-kind.ts';

const MAX_TIMES = 1000;

interface Argument {
  readonly times: number;
  readonly steps: SequenceItems;
}

/** `repeat: { times: 3, steps: [plug, unplug] }`. */
export const repeat = defineStepKind<Argument>({
  name: 'repeat',
  form: 'repeat: { times, steps }',
  argument: (steps) => z.strictObject({ times: z.int().min(1).max(MAX_TIMES), steps }),
  namedIds: ({ steps }, inSteps) => inSteps(steps),
  place: (layout, { times, steps }, { placeSteps, inParallel }) => {
    let current = layout;
    const findings: Finding[] = [];
    for (let time = 0; time < times && findings.length === 0; time += 1) {
      const placed = placeSteps(current, steps, ['steps'], inParallel);
      current = placed.layout;
      findings.push(...placed.findings);
    }
    return { layout: current, findings };
  },
});
