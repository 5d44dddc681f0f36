import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Outcome, Sample } from '../vocabulary.ts';
import { bootRaces } from './boot-race.ts';

const variants = [{ scenario: 'test', name: 'shpc' }];

function plugAt(offsetMs: number, outcome: Outcome = 'ok', detail = ''): Sample {
  return outcome === 'ok' ? goodSample({ offsetMs, detail }) : failedSample(outcome, { offsetMs, detail });
}

test('without a plug during the boot there is no race', () => {
  expect(bootRaces(variants, [goodSample()])).toEqual([]);
});

test('early and late, and every outcome that occurred, are counted where they fell', () => {
  const [race] = bootRaces(variants, [
    ...[0, 10, 20].map((offset) => plugAt(offset, 'ok', 'early: there when the guest was ready')),
    ...[90, 95].map((offset) => plugAt(offset, 'ok', 'late: came after the guest was ready')),
    plugAt(100, 'lost'),
  ]);
  expect(race?.bins).toMatchObject([
    { fromMs: 0, toMs: 50, n: 3, early: 3, outcomes: { ok: 3, lost: 0 }, ok: { value: 1 } },
    { fromMs: 50, toMs: 100, n: 3, early: 0, outcomes: { ok: 2, lost: 1 }, ok: { value: 2 / 3 } },
  ]);
});

test('when the boots were ready is said, from the boots of the same variant', () => {
  const boot = (latencyMs: number) => goodSample({ operation: 'boot', latencyMs });
  expect(bootRaces(variants, [boot(900), boot(1100), plugAt(1)])[0]?.readyMs).toEqual({ earliest: 900, latest: 1100 });
});

test('every plug is in exactly one bin, whatever the offsets', () => {
  const offsets = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(offsets, (given) => {
      const [race] = bootRaces(
        variants,
        given.map((offset) => plugAt(offset)),
      );
      expect(race?.bins.reduce((sum, { n }) => sum + n, 0)).toBe(given.length);
      expect(race?.bins.length).toBeLessThanOrEqual(12);
    }),
  );
});
