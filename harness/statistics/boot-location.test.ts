import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootLocations } from './boot-location.ts';

test('is the median of the means of all pairs, on logarithms', () => {
  // Logarithms 0, 1, 5: means 0, 0.5, 1, 2.5, 3, 5; median (1 + 2.5) / 2.
  expect(bootLocations([[1, Math.E, Math.E ** 5]])[0]).toBeCloseTo(1.75, 12);
});

test('one spike among four samples moves it by no more than the others scatter', () => {
  const [calm = 0, spiked = 0] = bootLocations([
    [100, 101, 102, 103],
    [100, 101, 102, 9000],
  ]);
  expect(Math.exp(spiked)).toBeLessThan(103);
  expect(spiked).toBeGreaterThanOrEqual(calm);
});

test('a slowdown of all samples shifts it by its logarithm', () => {
  const latencies = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(latencies, (own) => {
      const [before = 0, after = 0] = bootLocations([own, own.map((ms) => 1.1 * ms)]);
      expect(after - before).toBeCloseTo(Math.log(1.1), 9);
    }),
  );
});
