import { expect, test } from 'vitest';
import type { ChangePoint } from '../statistics/change-point.ts';
import type { Acceptance } from './accepted-level.ts';
import { historyOf } from './history-of.ts';
import type { FindChanges } from './segments.ts';
import { TEST_IDENTITY, testNight } from './test-night.ts';

/** Finds a change wherever the latency is another than the night before. */
const everyStep: FindChanges = (points) =>
  points.flatMap(({ value }, index): ChangePoint[] => {
    const before = points[index - 1]?.value;
    if (before === undefined || before === value) return [];
    return [{ index, foundAt: index, before, after: value, ratio: Math.exp(value - before), pValue: 0.001, points: 1 }];
  });

/** Nights with these medians. */
function nights(...medians: readonly (number | undefined)[]) {
  return medians.map((p50Ms, night) => testNight(night, p50Ms === undefined ? withoutMedian() : { p50Ms }));
}

function withoutMedian() {
  return { p50Ms: undefined } as unknown as { p50Ms: number };
}

function only(series: ReturnType<typeof historyOf>) {
  expect(series).toHaveLength(1);
  const [one] = series;
  if (!one) throw new Error('there is no series');
  return one;
}

test('a higher level that is still there is a regression, with its first run, ratio and phase', () => {
  const slow = { p50Ms: 130, phases: ['notify', 'button-wait'], phaseMs: [10, 120] };
  const fast = { p50Ms: 100, phases: ['notify', 'button-wait'], phaseMs: [10, 90] };
  const series = only(
    historyOf(
      [fast, fast, slow, slow].map((point, night) => testNight(night, point)),
      everyStep,
      [],
    ),
  );
  expect(series.regression).toMatchObject({
    runId: 'run-2',
    ratio: expect.closeTo(1.3),
    phase: { phase: 'button-wait', beforeMs: 90, afterMs: 120 },
  });
  expect(series.segments.map(({ start, end, medianMs }) => [start, end, medianMs])).toEqual([
    [0, 2, 100],
    [2, 4, 130],
  ]);
});

test.each([
  ['a faster level', [130, 130, 100]],
  ['a change within the practical threshold', [100, 100, 101]],
  ['a regression that has been mended', [100, 130, 130, 100]],
  ['no change', [100, 100, 100]],
])('%s is no regression', (_, medians) => {
  expect(only(historyOf(nights(...medians), everyStep, [])).regression).toBeUndefined();
});

test('a partial recovery that ends above the accepted level stays a regression, with both changes', () => {
  const series = only(historyOf(nights(100, 100, 130, 130, 120, 120), everyStep, []));
  expect(series.regression).toMatchObject({
    runId: 'run-2',
    ratio: expect.closeTo(1.3),
    later: [{ runId: 'run-4', ratio: expect.closeTo(0.923) }],
    beforeMs: 100,
    nowMs: 120,
  });
});

test('small rises add up', () => {
  expect(only(historyOf(nights(100, 100, 101.5, 103), everyStep, [])).regression?.nowMs).toBe(103);
});

/** Nights on which so many of 20 operations of 5 boots failed. */
function failing(count: number, failures: number, first = 0) {
  const latency = failures === 20 ? withoutMedian() : { p50Ms: 100 };
  return Array.from({ length: count }, (_, night) => testNight(first + night, { ...latency, failures }));
}

test('every plug fails from some night on: that is an alarm, with its night and its shares', () => {
  const series = only(historyOf([...failing(30, 0), ...failing(5, 20, 30)], everyStep, []));
  expect(series.failing).toEqual({
    runId: 'run-30',
    date: new Date(Date.UTC(2026, 0, 31)),
    before: 0,
    first: 1,
    now: 1,
  });
  expect(series.regression).toBeUndefined();
});

test('some are mended, and more than before still fail: that is still one', () => {
  const some = [...failing(30, 0), ...failing(10, 20, 30), ...failing(30, 6, 40)];
  expect(only(historyOf(some, everyStep, [])).failing).toMatchObject({ runId: 'run-30', first: 1, now: 0.3 });
  const all = [...failing(30, 0), ...failing(10, 20, 30), ...failing(30, 0, 40)];
  expect(only(historyOf(all, everyStep, [])).failing).toBeUndefined();
});

test('one in five failed all along, or what was not tried, is no alarm', () => {
  expect(only(historyOf(failing(60, 4), everyStep, [])).failing).toBeUndefined();
  const untried = Array.from({ length: 10 }, (_, night) => testNight(30 + night, { tried: 0, failures: 0 }));
  expect(only(historyOf([...failing(30, 0), ...untried], everyStep, [])).failing).toBeUndefined();
});

test('a baseline accepts failures, too, and they are said beside it', () => {
  const { scenario, variant, accelerator, clock, bootMode } = TEST_IDENTITY;
  const variants = [{ scenario, variant, accelerator, clock, bootMode }];
  const startedAt = new Date(Date.UTC(2026, 1, 3));
  const baseline: Acceptance = { baseline: 'b', host: TEST_IDENTITY.host, variants, startedAt };
  const series = only(historyOf([...failing(30, 0), ...failing(10, 20, 30)], everyStep, [baseline]));
  expect([series.failing, series.acceptedFailing]).toMatchObject([undefined, { baseline: 'b', rise: { now: 1 } }]);
});

test('a change of the environment cuts the series and is never a regression', () => {
  const newer = { p50Ms: 200, environment: new Map([['QEMU', '9.0']]) };
  const all = [...nights(100, 100), testNight(2, newer), testNight(3, newer)];
  const series = only(historyOf(all, everyStep, []));
  expect(series.regression).toBeUndefined();
  expect(series.segments[1]?.beginning).toEqual({
    kind: 'environment',
    changes: [{ what: 'QEMU', before: '7.2', after: '9.0' }],
  });
});

test('hosts, accelerators, clocks and boot modes are series of their own', () => {
  const others = [{ host: 'other' }, { accelerator: 'tcg' }, { clock: 'virtual' }, { bootMode: 'restored' }] as const;
  const all = [testNight(0), ...others.map((identity, index) => testNight(index + 1, { p50Ms: 300 }, identity))];
  const series = historyOf(all, everyStep, []);
  expect(series).toHaveLength(5);
  expect(series.every(({ segments }) => segments.length === 1)).toBe(true);
});

test('nights in which everything failed are points, and leave the level alone', () => {
  const series = only(historyOf(nights(100, undefined, 100, 130), everyStep, []));
  expect(series.points).toHaveLength(4);
  expect(series.regression).toMatchObject({ runId: 'run-3' });
});

test('nights are put in order of time', () => {
  const series = only(historyOf(nights(100, 100, 130).toReversed(), everyStep, []));
  expect(series.points.map(({ run }) => run.runId)).toEqual(['run-0', 'run-1', 'run-2']);
});

test('a baseline from a run at the new level accepts it; one from before, or of another host or variant, does not', () => {
  const all = nights(100, 100, 130, 130);
  const { scenario, variant, accelerator, clock, bootMode } = TEST_IDENTITY;
  const own = { scenario, variant, accelerator, clock, bootMode };
  const baseline: Acceptance = {
    baseline: 'b',
    host: TEST_IDENTITY.host,
    variants: [own],
    startedAt: new Date(Date.UTC(2026, 0, 3)),
  };
  const accepted = only(historyOf(all, everyStep, [baseline]));
  expect([accepted.regression, accepted.accepted?.baseline]).toEqual([undefined, 'b']);
  const others: readonly Partial<Acceptance>[] = [
    { startedAt: new Date(Date.UTC(2026, 0, 2)) },
    { host: 'other' },
    { variants: [] },
    ...(['scenario', 'variant', 'accelerator', 'clock'] as const).map((key) => ({
      variants: [{ ...own, [key]: 'other' }],
    })),
  ];
  for (const other of others) {
    expect(only(historyOf(all, everyStep, [{ ...baseline, ...other }])).regression).toBeDefined();
  }
});

test('a change has to exceed the threshold of its scenario, in share and in milliseconds', () => {
  const withThreshold = (relative: number, absoluteMs: number) =>
    nights(100, 100, 130, 130).map(({ run, series }) => {
      const own = { ...run, thresholds: new Map([[TEST_IDENTITY.scenario, { relative, absoluteMs }]]) };
      return { run: own, series: series.map(({ identity, point }) => ({ identity, point: { ...point, run: own } })) };
    });
  const alarmAt = (relative: number, absoluteMs: number) =>
    only(historyOf(withThreshold(relative, absoluteMs), everyStep, [])).regression !== undefined;
  expect([alarmAt(0.29, 29), alarmAt(0.31, 0), alarmAt(0, 31)]).toEqual([true, false, false]);
});

test('a scenario or a host that is not measured any more is no regression after a month', () => {
  const gone = nights(100, 100, 130);
  const [series] = historyOf([...gone, testNight(33, {}, { scenario: 'other', host: 'other' })], everyStep, []);
  expect([series?.current, series?.regression]).toEqual([false, undefined]);
  const [lately] = historyOf([...gone, testNight(32, {}, { scenario: 'other', host: 'other' })], everyStep, []);
  expect(lately?.regression).toBeDefined();
});

test('a variant that has not been run for a week of runs is no regression', () => {
  const gone = nights(100, 100, 130);
  const others = Array.from({ length: 7 }, (_, night) => testNight(night + 3, {}, { variant: 'other' }));
  const [series] = historyOf([...gone, ...others], everyStep, []);
  expect([series?.current, series?.regression]).toEqual([false, undefined]);
  const [lately] = historyOf([...gone, ...others.slice(0, 6)], everyStep, []);
  expect(lately?.regression).toBeDefined();
});
