import { expect, test } from 'vitest';
import type { Sample } from '../timeline/sample.ts';
import { TEST_SAMPLE } from '../timeline/test-sample.ts';
import { judgeWork } from './virtual-gate.ts';

/** Plugs, one in each boot, whose enumeration took so long; and a sleep that nobody can help. */
function plugs(...enumerationsMs: readonly number[]): readonly Sample[] {
  return enumerationsMs.map((durationMs, index) => ({
    ...TEST_SAMPLE,
    clock: 'virtual',
    boot: index + 1,
    phases: [
      { name: 'button-wait', kind: 'fixed-wait', startMs: 0, durationMs: 5000 + 50 * index },
      { name: 'enumeration', kind: 'guest', startMs: 5000, durationMs },
    ],
  }));
}

const verdicts = (base: readonly Sample[], current: readonly Sample[]) =>
  judgeWork(base, current).map(({ phase, verdict }) => [phase, verdict]);

test('three per cent more instructions are seen through the interrupts that come in between', () => {
  const base = plugs(0.418, 0.4325, 0.418, 0.447, 0.4325);
  expect(verdicts(base, plugs(0.4451, 0.4306, 0.4306, 0.4596, 0.4451))).toEqual([['enumeration', 'regressed']]);
  expect(verdicts(plugs(0.4451, 0.4306, 0.4306, 0.4596, 0.4451), base)).toEqual([['enumeration', 'improved']]);
});

test('more or fewer interrupts are no change', () => {
  const base = plugs(0.418, 0.4325, 0.418, 0.447, 0.4325);
  expect(verdicts(base, plugs(0.447, 0.447, 0.418, 0.447, 0.419))).toEqual([['enumeration', 'unchanged']]);
});

test('a phase that does not repeat has to change by more', () => {
  expect(verdicts(plugs(0.4, 0.44, 0.48), plugs(0.42, 0.42, 0.42))).toEqual([['enumeration', 'unchanged']]);
});

test("a microsecond of a short phase is the kernel log's own", () => {
  expect(verdicts(plugs(0.03, 0.03), plugs(0.031, 0.031))).toEqual([['enumeration', 'unchanged']]);
});

test('samples in real time are not judged', () => {
  const real = plugs(1, 1).map((sample) => ({ ...sample, clock: 'real' as const }));
  expect(verdicts(real, plugs(2, 2))).toEqual([]);
});
