import { expect, test } from 'vitest';
import { goodSample } from '../timeline/test-sample.ts';
import type { GoodSample, Phase, Sample } from '../vocabulary.ts';
import { judgeWork } from './virtual-gate.ts';
import { ALL_WORK } from './work-durations.ts';

/** Passes in each boot. */
const CYCLES = 4;

/** Plugs, four in each boot, whose enumeration took so long; and a sleep that nobody can help. */
function plugs(enumerationsMs: readonly number[], { cycles = CYCLES } = {}): readonly GoodSample[] {
  return enumerationsMs.map((durationMs, index) =>
    goodSample({
      clock: 'virtual',
      boot: 1 + Math.floor(index / cycles),
      cycle: 1 + (index % cycles),
      order: index,
      latencyMs: 5000 + 50 * index + durationMs,
      phases: [
        { name: 'button-wait', kind: 'fixed-wait', startMs: 0, durationMs: 5000 + 50 * index },
        { name: 'enumeration', kind: 'guest', startMs: 5000, durationMs },
      ],
    }),
  );
}

const same = (durationMs: number, count = 20) => Array<number>(count).fill(durationMs);

/** With another phase after each. */
function withPhase(
  samples: readonly GoodSample[],
  name: string,
  durationsMs: readonly number[],
): readonly GoodSample[] {
  return samples.map((sample, index) => ({
    ...sample,
    phases: [...sample.phases, { name, kind: 'guest', startMs: 6000, durationMs: durationsMs[index] as number }],
  }));
}

const verdicts = (base: readonly Sample[], current: readonly Sample[]) =>
  Object.fromEntries(judgeWork(base, current, 0.03).verdicts.map(({ phase, verdict }) => [phase, verdict]));

test('three per cent more instructions are seen through the interrupts that come in between', () => {
  const base = [...same(0.42, 10), ...same(0.4345, 7), ...same(0.449, 3)];
  const more = base.map((ms) => ms + 0.0126);
  expect(verdicts(plugs(base), plugs(more))).toMatchObject({ enumeration: 'regressed' });
  expect(verdicts(plugs(more), plugs(base))).toMatchObject({ enumeration: 'improved' });
});

test('more or fewer interrupts are no change', () => {
  const interrupted = (isInterrupted: (index: number) => boolean) =>
    Array.from({ length: 20 }, (_, index) => (isInterrupted(index) ? 0.4345 : 0.42));
  const few = interrupted((index) => index === 3 || index === 14);
  const many = interrupted((index) => index !== 3 && index !== 14);
  expect(verdicts(plugs(few), plugs(many))).toMatchObject({ enumeration: 'unchanged' });
  expect(verdicts(plugs(many), plugs(few))).toMatchObject({ enumeration: 'unchanged' });
});

test('an interrupt in every sample of one run and in none of the other is not known from a change', () => {
  const judged = judgeWork(plugs(same(0.42)), plugs(same(0.4345)), 0.03).verdicts;
  expect(judged.find(({ phase }) => phase === 'enumeration')).toMatchObject({
    verdict: 'undecided',
    isInterrupt: true,
  });
});

test('samples in groups that are wider than interrupts have no ends to compare', () => {
  // A real run of SHPC's device node, and what an unchanged kernel can make of it: the shortest group is gone, a longer one is there.
  const base = [...same(0.9196, 4), ...same(0.9545, 11), ...same(0.9996, 5)];
  const current = [...same(0.9545, 8), ...same(0.9996, 10), ...same(1.0165, 2)];
  const mixed = (all: readonly number[]) => all.map((_, index) => all[(index * 7) % all.length] as number);
  expect(verdicts(plugs(mixed(base)), plugs(mixed(current)))).toMatchObject({ enumeration: 'undecided' });
});

test('one short sample among fourteen does not hide that all became longer by a third', () => {
  const base = [20.7, 24.7, 24.8, 24.9, 25.1, 25.2, 25.3, 25.4, 25.5, 25.6, 25.7, 25.8, 25.9, 26.1, 26.3];
  const longer = base.map((ms) => 1.38 * ms);
  const judged = judgeWork(plugs(base, { cycles: 3 }), plugs(longer, { cycles: 3 }), 0.03).verdicts;
  expect(judged.map(({ verdict }) => verdict)).toEqual(['regressed', 'regressed']);
});

test('where a change of three per cent would not have been found, nothing is unchanged', () => {
  const scattered = [0.4, 0.44, 0.42, 0.45, 0.48, 0.41, 0.43, 0.46, 0.47, 0.4, 0.42, 0.44];
  expect(verdicts(plugs(scattered), plugs(scattered.toReversed()))).toMatchObject({ enumeration: 'undecided' });
});

test('a phase of a hundredth of the work may scatter as it will', () => {
  const scattered = Array.from({ length: 20 }, (_, index) => 0.03 + 0.01 * (index % 3));
  const both = withPhase(plugs(same(4)), 'first-use', scattered);
  expect(verdicts(both, both)).toMatchObject({ 'first-use': 'unchanged' });
});

test('work that another phase does instead is no regression', () => {
  const probed = (enumerationMs: number, probeMs: number) =>
    withPhase(plugs(same(enumerationMs)), 'driver-probe', same(probeMs));
  expect(verdicts(probed(0.43, 2.3), probed(0.48, 2.25))).toEqual({
    [ALL_WORK]: 'unchanged',
    enumeration: 'moved',
    'driver-probe': 'moved',
  });
  // Less became shorter than became longer.
  expect(verdicts(probed(0.43, 2.3), probed(0.48, 2.27))).toMatchObject({ enumeration: 'regressed' });
});

test("microseconds of a short phase are the kernel log's own", () => {
  const rest = (ms: number) => withPhase(plugs(same(ms)), 'driver-probe', same(2));
  expect(verdicts(rest(0.03), rest(0.033))).toMatchObject({ enumeration: 'unchanged' });
});

test('samples in real time are not judged', () => {
  const real = plugs(same(1)).map((sample) => ({ ...sample, clock: 'real' as const }));
  expect(verdicts(real, plugs(same(2)))).toEqual({});
});

/** The same plugs, whose second phase is called so. */
const renamed = (samples: readonly GoodSample[], name: string): readonly Sample[] =>
  samples.map((sample) => ({
    ...sample,
    phases: sample.phases.map((phase) => (phase.name === 'enumeration' ? { ...phase, name } : phase)),
  }));

test.each(['unattributed', 'another name'])('work that is now %s is still work', (name) => {
  const base = plugs(same(0.4));
  expect(verdicts(base, renamed(plugs(same(0.42)), name))).toEqual({ [ALL_WORK]: 'regressed' });
  expect(verdicts(base, renamed(base, name))).toEqual({ [ALL_WORK]: 'unchanged' });
});

test('waiting for another operation is no work', () => {
  const queued = (waitMs: number): readonly Sample[] => withPhase(plugs(same(1)), 'queue-wait', same(waitMs));
  expect(verdicts(queued(10), queued(20))).toEqual({ [ALL_WORK]: 'unchanged', enumeration: 'unchanged' });
});

test('a sleep that a kernel no longer tells of is no work', () => {
  const silent = plugs(same(1)).map((sample) => ({
    ...sample,
    phases: sample.phases.map((one): Phase => ({ ...one, name: 'unattributed', kind: 'guest' })),
  }));
  expect(judgeWork(plugs(same(1)), silent, 0.03)).toMatchObject({ verdicts: [], notJudged: [{ operation: 'plug' }] });
});

test('too few boots on a side, or none, are not judged', () => {
  const boots = (count: number) => plugs(same(1, count * CYCLES));
  const notJudged = (base: readonly Sample[], current: readonly Sample[]) =>
    judgeWork(base, current, 0.03).notJudged.length;
  expect(notJudged(boots(3), boots(2))).toBe(1);
  expect(notJudged(boots(2), boots(3))).toBe(1);
  expect(notJudged(boots(3), [])).toBe(1);
  expect(notJudged(boots(3), boots(3))).toBe(0);
});

test('boots of several runs are boots of their own', () => {
  const runs = [1, 2, 3].flatMap((run) => plugs(same(1, CYCLES)).map((sample) => ({ ...sample, runId: `run-${run}` })));
  expect(judgeWork(runs, plugs(same(1)), 0.03).notJudged).toEqual([]);
});

test('devices of different kinds are judged each for itself', () => {
  const both = (diskMs: number, cardMs: number) => [
    ...plugs(same(diskMs)).map((disk) => ({ ...disk, device: 'virtio-blk', deviceId: 'disk' })),
    ...plugs(same(cardMs)).map((card) => ({ ...card, device: 'virtio-net', deviceId: 'card' })),
  ];
  const judged = judgeWork(both(1, 2), both(1, 2.1), 0.03).verdicts.filter(({ phase }) => phase !== ALL_WORK);
  expect(judged.map(({ deviceId, verdict }) => [deviceId, verdict])).toEqual([
    ['disk', 'unchanged'],
    ['card', 'regressed'],
  ]);
});

test('what is always so at a place of a burst is no scatter', () => {
  const burst = (factor: number) =>
    plugs(Array.from({ length: 20 }, (_, index) => factor * (2 + (index % CYCLES)))).map((sample) => ({
      ...sample,
      deviceId: `disk${sample.cycle}`,
    }));
  expect(verdicts(burst(1), burst(1))).toMatchObject({ enumeration: 'unchanged' });
  expect(verdicts(burst(1), burst(1.05))).toMatchObject({ enumeration: 'regressed' });
});

test('in a burst, work of other devices that falls into a phase is no change of that phase', () => {
  const COUNT = 100;
  // As first-use of eight disks at once was seen in two runs of the same: the more often disturbed, the longer on average.
  const seldom = [0.03, 0.03, 0.03, 0.04, 0.04, 0.05, 0.05, 0.05, 0.06, 0.06];
  const often = [0.03, 0.03, 0.03, 0.05, 0.08, 0.16, 0.35, 0.58, 1.11, 1.4];
  const whole = Array.from({ length: COUNT }, (_, index) => 22 + 2 * Math.sin(index));
  const firstUse = (pattern: readonly number[]) =>
    withPhase(
      plugs(whole),
      'first-use',
      Array.from({ length: COUNT }, (_, index) => pattern[index % pattern.length] as number),
    );
  const together = (samples: readonly GoodSample[]) =>
    samples.map((sample) => ({ ...sample, burst: { first: 1, size: 8 } }));
  expect(verdicts(firstUse(seldom), firstUse(often))).toMatchObject({ 'first-use': 'regressed' });
  expect(verdicts(together(firstUse(seldom)), together(firstUse(often)))).toMatchObject({ 'first-use': 'unchanged' });
});
