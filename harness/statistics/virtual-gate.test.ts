import { expect, test } from 'vitest';
import { goodSample } from '../timeline/test-sample.ts';
import type { GoodSample, Phase, Sample } from '../vocabulary.ts';
import { ALL_WORK, judgeWork } from './virtual-gate.ts';

/** Plugs, one in each boot, whose enumeration took so long; and a sleep that nobody can help. */
function plugs(...enumerationsMs: readonly number[]): readonly GoodSample[] {
  return enumerationsMs.map((durationMs, index) =>
    goodSample({
      clock: 'virtual',
      boot: index + 1,
      latencyMs: 5000 + 50 * index + durationMs,
      phases: [
        { name: 'button-wait', kind: 'fixed-wait', startMs: 0, durationMs: 5000 + 50 * index },
        { name: 'enumeration', kind: 'guest', startMs: 5000, durationMs },
      ],
    }),
  );
}

const verdicts = (base: readonly Sample[], current: readonly Sample[]) =>
  judgeWork(base, current).verdicts.flatMap(({ phase, verdict }) => (phase === ALL_WORK ? [] : [[phase, verdict]]));

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
  expect(verdicts(plugs(0.4, 0.44, 0.44, 0.45, 0.48), plugs(0.42, 0.42, 0.42, 0.42, 0.42))).toEqual([
    ['enumeration', 'unchanged'],
  ]);
});

test("microseconds of a short phase are the kernel log's own", () => {
  expect(verdicts(plugs(...Array(5).fill(0.03)), plugs(...Array(5).fill(0.033)))).toEqual([
    ['enumeration', 'unchanged'],
  ]);
});

test('samples in real time are not judged', () => {
  const real = plugs(1, 1, 1).map((sample) => ({ ...sample, clock: 'real' as const }));
  expect(verdicts(real, plugs(2, 2, 2))).toEqual([]);
});

/** The same plugs, whose second phase is called so. */
const renamed = (samples: readonly GoodSample[], name: string): readonly Sample[] =>
  samples.map((sample) => ({
    ...sample,
    phases: sample.phases.map((phase) => (phase.name === 'enumeration' ? { ...phase, name } : phase)),
  }));

test.each(['unattributed', 'another name'])('work that is now %s is still work', (name) => {
  const base = plugs(0.4, 0.4, 0.4);
  const allOf = (current: readonly Sample[]) =>
    judgeWork(base, current).verdicts.map(({ phase, verdict }) => [phase, verdict]);
  expect(allOf(renamed(plugs(0.41, 0.41, 0.41), name))).toEqual([[ALL_WORK, 'regressed']]);
  expect(allOf(renamed(base, name))).toEqual([[ALL_WORK, 'unchanged']]);
});

test('waiting for another operation is no work', () => {
  const queued = (waitMs: number): readonly Sample[] =>
    plugs(1, 1, 1, 1, 1).map(
      (sample): GoodSample => ({
        ...sample,
        phases: [...sample.phases, { name: 'queue-wait', kind: 'guest', startMs: 6000, durationMs: waitMs }],
      }),
    );
  expect(judgeWork(queued(10), queued(20)).verdicts.map(({ verdict }) => verdict)).toEqual(['unchanged', 'unchanged']);
});

test('a sleep that a kernel no longer tells of is no work', () => {
  const silent = plugs(1, 1, 1).map((sample) => ({
    ...sample,
    phases: sample.phases.map((one): Phase => ({ ...one, name: 'unattributed', kind: 'guest' })),
  }));
  expect(judgeWork(plugs(1, 1, 1), silent)).toMatchObject({ verdicts: [], notJudged: [{ operation: 'plug' }] });
});

test('of three or four samples only the sum is judged: each may have an interrupt in it', () => {
  const phases = (base: readonly Sample[], current: readonly Sample[]) =>
    judgeWork(base, current).verdicts.map(({ phase }) => phase);
  expect(phases(plugs(1, 1, 1, 1), plugs(1, 1, 1, 1))).toEqual([ALL_WORK]);
  expect(phases(plugs(1, 1, 1, 1, 1), plugs(1, 1, 1, 1, 1))).toEqual([ALL_WORK, 'enumeration']);
});

test('too few boots on a side, or none, are not judged', () => {
  const notJudged = (base: readonly Sample[], current: readonly Sample[]) => judgeWork(base, current).notJudged.length;
  expect(notJudged(plugs(1, 1, 1), plugs(1, 1))).toBe(1);
  expect(notJudged(plugs(1, 1), plugs(1, 1, 1))).toBe(1);
  expect(notJudged(plugs(1, 1, 1), [])).toBe(1);
  expect(notJudged(plugs(1, 1, 1), plugs(1, 1, 1))).toBe(0);
});

test('devices of different kinds are judged each for itself', () => {
  const both = (diskMs: number, cardMs: number) =>
    plugs(...Array(5).fill(diskMs)).flatMap((disk, index) => [
      { ...disk, device: 'virtio-blk', deviceId: 'disk' },
      { ...(plugs(...Array(5).fill(cardMs))[index] as GoodSample), device: 'virtio-net', deviceId: 'card' },
    ]);
  const judged = judgeWork(both(1, 2), both(1, 2.1)).verdicts.filter(({ phase }) => phase !== ALL_WORK);
  expect(judged.map(({ deviceId, verdict }) => [deviceId, verdict])).toEqual([
    ['disk', 'unchanged'],
    ['card', 'regressed'],
  ]);
});
