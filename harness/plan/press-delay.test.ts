import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { pressDelayMs, WHEEL_STEP_MS } from './press-delay.ts';
import { plannedBoot } from './schedule.ts';

const boot = (number: number, seed = 7) => plannedBoot(testVariant(), number, seed);

test('a place has the same delay however often it is asked for, and every place one of its own', () => {
  expect(pressDelayMs(boot(1), 2, 3)).toBe(pressDelayMs(boot(1), 2, 3));
  const all = [
    pressDelayMs(boot(1), 2, 3),
    pressDelayMs(boot(1), 3, 2),
    pressDelayMs(boot(2), 2, 3),
    pressDelayMs(boot(1, 8), 2, 3),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('delays cover the step of the wheel evenly', () => {
  const delays = Array.from({ length: 4000 }, (_, index) => pressDelayMs(boot(1 + (index % 40)), index, 1));
  const inEighths = Array.from({ length: 8 }, () => 0);
  for (const delay of delays)
    inEighths[Math.floor((8 * delay) / WHEEL_STEP_MS)] = (inEighths[Math.floor((8 * delay) / WHEEL_STEP_MS)] ?? 0) + 1;
  // 500 are expected, with a standard deviation of 21.
  for (const count of inEighths) expect(Math.abs(count - 500)).toBeLessThan(85);
});
