import { z } from 'zod';
import { durationMs } from '../yaml/quantity.ts';
import { defineStepKind, misplaced } from './step-kind.ts';

/** Longer than anything a guest does on its own after a hot-plug, and short enough for a typing error. */
const DEFAULT_TIMEOUT_MS = 30_000;

const marker = z.strictObject({
  until: z
    .string()
    .regex(/^[^\p{Cc}]{1,200}$/u)
    .meta({ title: "text in a line of the guest's kernel log, at the most 200 characters" }),
  timeout: durationMs.exactOptional(),
});

/** `wait: 500ms`, or `wait: { until: "link becomes ready" }`: until the guest's kernel log has a line with that text. */
export const wait = defineStepKind({
  name: 'wait',
  form: 'wait: <time or until>',
  argument: () =>
    z
      .union([durationMs, marker])
      .meta({ title: 'a duration from 1ms to 1h such as 500ms, or a map with "until" and "timeout"' }),
  namedIds: () => [],
  whilePaused: true,
  place: (layout, argument, { path, inParallel }) => {
    if (inParallel && typeof argument !== 'number') {
      const wrong = 'a wait for the kernel log while something else goes on';
      return misplaced(layout, path, wrong, 'a duration here, or the wait outside of parallel');
    }
    if (layout.paused && typeof argument !== 'number') {
      const wrong = 'a wait for the kernel log while the machine stands still';
      return misplaced(layout, path, wrong, 'a duration here, or the wait behind the resume');
    }
    const step =
      typeof argument === 'number'
        ? { waitMs: argument }
        : { until: argument.until, timeoutMs: argument.timeout ?? DEFAULT_TIMEOUT_MS };
    const steps = [...layout.steps, { operation: 'wait', ...step } as const];
    return { layout: { ...layout, steps, count: layout.count + 1 }, findings: [] };
  },
});
