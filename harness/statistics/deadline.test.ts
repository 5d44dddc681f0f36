import { expect, test } from 'vitest';
import { OUTCOMES } from '../vocabulary.ts';
import { missesDeadline } from './deadline.ts';

test('a deadline is missed by what comes later, and by what never comes', () => {
  expect(missesDeadline({ outcome: 'ok', latencyMs: 3000 }, 3000, 3000)).toBe(false);
  expect(missesDeadline({ outcome: 'ok', latencyMs: 3000.1 }, 3000, undefined)).toBe(true);
  const never = OUTCOMES.filter((outcome) => !['ok', 'aborted', 'withdrawn'].includes(outcome));
  expect(never.map((outcome) => missesDeadline({ outcome }, 3000, 3000))).toEqual(never.map(() => true));
});

test('what was not tried, or given up before the deadline, says nothing of it', () => {
  expect(missesDeadline({ outcome: 'aborted' }, 3000, 30_000)).toBeUndefined();
  expect(missesDeadline({ outcome: 'timeout' }, 3000, 2000)).toBeUndefined();
});
