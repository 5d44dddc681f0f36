import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packNights, unpackNights } from './packed-nights.ts';
import { testNight } from './test-night.ts';

const duration = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const night = fc
  .record({
    night: fc.nat(1000),
    point: fc.record({
      boots: fc.nat(100),
      samples: fc.nat(1000),
      failures: fc.nat(10),
      latency: fc.oneof(
        fc.constant({}),
        fc.record({ p50Ms: duration }),
        fc.record({ p50Ms: duration, ci95Ms: fc.tuple(duration, duration) }),
      ),
      phases: fc.array(fc.tuple(fc.string(), duration), { maxLength: 4 }),
    }),
    variant: fc.string(),
  })
  .map(({ night: index, point: { latency, phases, ...counts }, variant }) => {
    const [series] = testNight(index, {}, { variant }).series;
    if (!series) throw new Error('there is no series');
    const { p50Ms: _, ...bare } = series.point;
    const lists = { phases: phases.map(([name]) => name), phaseMs: phases.map(([, ms]) => ms) };
    return {
      run: bare.run,
      series: [{ identity: series.identity, point: { ...bare, ...counts, ...latency, ...lists } }],
    };
  });

test('nights are the same after the way to another thread', () => {
  fc.assert(
    fc.property(fc.array(night, { maxLength: 20 }), (nights) => {
      expect(unpackNights(structuredClone(packNights(nights)))).toEqual(nights);
    }),
  );
});
