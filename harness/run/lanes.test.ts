import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuNumbers, lanesFor } from './lanes.ts';

const cpusOf = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);

describe('lanesFor', () => {
  test('one machine at a time may use every CPU, also on a host with a single one', () => {
    expect(lanesFor(1, { force: false, cpus: [0] })).toEqual({ ok: true, value: [{ jobs: 1 }] });
  });

  test('lanes share no CPU, leave the first to the harness, use all others, and are as equal as can be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 200 }),
        fc.integer({ min: 2, max: 64 }),
        fc.nat(50),
        (count, jobs, first) => {
          fc.pre(jobs < count);
          const lanes = lanesFor(jobs, { force: false, cpus: cpusOf(count, first) });
          if (!lanes.ok) throw new Error(lanes.failure);
          expect(lanes.value).toHaveLength(jobs);
          const lists = lanes.value.map(({ cpuList = '' }) => cpuNumbers(cpuList));
          expect(lists.flat()).toEqual(cpusOf(count - 1, first + 1));
          const sizes = lists.map((list) => list.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          expect(lanes.value.every((lane) => lane.jobs === jobs)).toBe(true);
        },
      ),
    );
  });

  test('more than there are CPUs is refused, with what can be had', () => {
    const refused = (jobs: number, count: number) => lanesFor(jobs, { force: false, cpus: cpusOf(count) });
    expect(refused(4, 4)).toMatchObject({ ok: false, failure: expect.stringContaining('at the most 3 machines') });
    expect(refused(2, 2)).toMatchObject({ ok: false, failure: expect.stringContaining('one after another') });
  });

  test('when forced, lanes that are too many share all CPUs', () => {
    expect(lanesFor(2, { force: true, cpus: [0, 1] })).toEqual({ ok: true, value: [{ jobs: 2 }, { jobs: 2 }] });
  });
});

test('CPU lists are read as Linux writes them', () => {
  expect(cpuNumbers('0-2,7,9-9')).toEqual([0, 1, 2, 7, 9]);
});
