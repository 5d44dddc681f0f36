import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { compareAll } from './compare.ts';
import { DEFAULT_THRESHOLD, type MeasuredPair, type MeasuredSide, type PhaseDurations } from './comparison.ts';

const { plain } = noises(21);

function side(latenciesMs: number[][], over: Partial<MeasuredSide> = {}): MeasuredSide {
  return {
    label: 'run',
    conditions: { QEMU: '7.2.0', accelerator: 'kvm' },
    samples: latenciesMs.flat().length,
    failures: 0,
    boots: latenciesMs.length,
    failedBoots: 0,
    latenciesMs,
    phases: [],
    ...over,
  };
}

const times = (factor: number, latencies: number[][]) => latencies.map((own) => own.map((ms) => factor * ms));
const pair = (
  base: MeasuredSide,
  current: MeasuredSide | undefined,
  over: Partial<MeasuredPair> = {},
): MeasuredPair => ({
  metric: { scenario: 'quick', variant: 'shpc', operation: 'plug' },
  base,
  ...(current && { current }),
  threshold: DEFAULT_THRESHOLD,
  ...over,
});
const compareOne = (one: MeasuredPair, options = {}) => {
  const [comparison] = compareAll([one], options);
  if (!comparison) throw new Error('a comparison was expected');
  return comparison;
};
/** Boots that are nearly alike: 0.1 % apart. */
const steady = (ms: number, boots = 10) =>
  Array.from({ length: boots }, (_, index) => [ms * (1 + 0.0001 * index), ms * (1.001 - 0.0001 * index)]);

describe('the verdict', () => {
  test('regressed: slower beyond chance and beyond the threshold', () => {
    const comparison = compareOne(pair(side(steady(100)), side(steady(110))));
    expect(comparison).toMatchObject({ verdict: 'regressed', latency: { cliffsDelta: 1, method: 'permutation' } });
    expect(comparison.latency?.ratio.value).toBeCloseTo(1.1, 3);
    expect(comparison.latency?.shiftMs).toBeCloseTo(10, 1);
    expect(comparison.reason).toMatch(/^10\.0 % slower \(95 % interval 10\.0 to 10\.0 %\): 100 to 110 ms$/);
  });

  test('improved: the same, faster', () => {
    expect(compareOne(pair(side(steady(110)), side(steady(100))))).toMatchObject({ verdict: 'improved' });
  });

  test('unchanged: the whole interval is within the threshold, however certain the change', () => {
    const comparison = compareOne(pair(side(steady(100)), side(steady(101))));
    expect(comparison).toMatchObject({ verdict: 'unchanged' });
    expect(comparison.latency?.adjustedPValue).toBeLessThan(0.001);
  });

  test('the threshold is the larger of the relative and the absolute one', () => {
    const threshold = { relative: 0.02, absoluteMs: 15 };
    expect(compareOne(pair(side(steady(100)), side(steady(110)), { threshold })).verdict).toBe('unchanged');
  });

  test('inconclusive: says how many boots more it would take', () => {
    const comparison = compareOne(pair(side(plain.latencies(6, 4)), side(plain.latencies(6, 4))));
    expect(comparison.verdict).toBe('inconclusive');
    expect(comparison.moreBoots).toBeGreaterThan(10);
    expect(comparison.reason).toContain(`about ${comparison.moreBoots} more boots a side would tell`);
  });

  test('the same samples on both sides are no alarm', () => {
    const same = side(plain.latencies(10, 4));
    const { latency, verdict } = compareOne(pair(same, same));
    expect(verdict).toBe('inconclusive');
    expect(latency?.cliffsDelta).toBe(0);
    expect(latency?.pValue).toBeGreaterThan(0.5);
  });

  test('with two boots a side nothing can be told from chance', () => {
    const comparison = compareOne(pair(side([[100], [101]]), side([[200], [201]])));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', moreBoots: 3 });
    expect(comparison.warnings.join()).toContain('cannot be told from chance');
  });

  test('five boots a side find a large change, and say what that rests on', () => {
    const changed = pair(side(steady(100, 5)), side(steady(120, 5)));
    const [comparison] = compareAll([changed, changed]);
    expect(comparison).toMatchObject({ verdict: 'regressed', latency: { method: 'welch-t' } });
    expect(comparison?.warnings).toEqual(['5 boots a side: the verdict assumes that boots scatter normally']);
  });

  test('missing: a metric of the base that was not run', () => {
    expect(compareOne(pair(side(steady(100)), undefined))).toMatchObject({
      verdict: 'missing',
      reason: 'run has it, this run does not',
    });
  });

  test('failing: nothing is good any more', () => {
    const broken = side([], { boots: 5, samples: 5, failures: 5, failedBoots: 5 });
    expect(compareOne(pair(side(steady(100, 5)), broken))).toMatchObject({
      verdict: 'failing',
      reason: 'all 5 samples failed',
    });
  });

  test('failing: more boots with failures than chance explains, though those that are left are fast', () => {
    const half = side(steady(100, 5), { boots: 20, failedBoots: 15, samples: 40, failures: 30 });
    const comparison = compareOne(pair(side(steady(100, 20)), half));
    expect(comparison).toMatchObject({
      verdict: 'failing',
      reason: '15 of 20 boots failed, before 0 of 20',
    });
  });

  test('failures that are more than before, but not beyond chance, are never unchanged, and are told', () => {
    const once = side(steady(100, 19), { boots: 20, failedBoots: 1, samples: 40, failures: 2 });
    const comparison = compareOne(pair(side(steady(100, 20)), once));
    expect(comparison).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('; 1 of 20 boots failed, before 0 of 20'),
      warnings: ['shpc plug: 1 of 20 boots failed, before 0 of 20'],
    });
    expect(comparison).not.toHaveProperty('moreBoots');
    expect(compareOne(pair(once, once)).verdict).toBe('unchanged');
  });

  test.each([3, 5])('failing: each of %d boots lost an operation, where none did before', (boots) => {
    const some = side(steady(100, boots), { samples: 4 * boots, failures: boots, failedBoots: boots });
    const others = Array.from({ length: 19 }, () => pair(side(steady(100, boots)), side(steady(100, boots))));
    expect(compareAll([pair(side(steady(100, boots)), some), ...others])[0]).toMatchObject({
      verdict: 'failing',
      reason: `${boots} of ${boots} boots failed, before 0 of ${boots}`,
      warnings: expect.not.arrayContaining([expect.stringContaining('failed')]),
    });
    expect(compareOne(pair(some, some)).verdict).not.toBe('failing');
  });

  test('fewer failures than before are no alarm', () => {
    const half = side(steady(100, 5), { boots: 20, failedBoots: 15, samples: 40, failures: 30 });
    expect(compareOne(pair(half, side(steady(100, 20)))).verdict).toBe('unchanged');
  });
});

describe('where there is no good sample', () => {
  const asExpected = side([], { boots: 5, samples: 5 });
  const broken = side([], { boots: 5, samples: 5, failures: 5, failedBoots: 5 });
  const good = side(steady(100, 5));

  test.each<[string, MeasuredSide, MeasuredSide, string, string]>([
    [
      'the expected outcome on both',
      asExpected,
      asExpected,
      'unchanged',
      'no sample is ok on either side, as expected',
    ],
    ['failures on both', broken, broken, 'inconclusive', 'no good sample on either side'],
    ['failures that are gone', broken, asExpected, 'inconclusive', 'no good sample on either side'],
    ['failures instead of the expected outcome', asExpected, broken, 'failing', 'all 5 samples failed'],
    ['good samples at last', broken, good, 'inconclusive', 'run has no good sample'],
    ['an outcome that is expected from now on', good, asExpected, 'inconclusive', 'run has no good sample'],
  ])('%s', (_, base, current, verdict, reason) => {
    expect(compareOne(pair(base, current))).toMatchObject({ verdict, reason });
  });

  test('an operation after a failure that is expected has only been given up, which is none', () => {
    const some = side([], { boots: 5, samples: 10, failures: 5, failedBoots: 5 });
    expect(compareOne(pair(good, some)).reason).toBe(
      'no good sample any more: 5 of 10 failed; 5 of 5 boots failed, before 0 of 5',
    );
  });
});

describe('a deadline', () => {
  const late = (missedBoots: number, boots: number, over: Partial<MeasuredSide> = {}) =>
    side(steady(100, boots), {
      deadline: { limitMs: 3000, samples: 4 * boots, missed: missedBoots, boots, missedBoots },
      ...over,
    });

  test('that every boot misses from now on is failing, whatever the threshold says of the latency', () => {
    expect(compareOne(pair(late(0, 5), late(5, 5)))).toMatchObject({
      verdict: 'failing',
      reason: '5 of 5 boots missed the deadline of 3000 ms, before 0 of 5',
      deadline: { limitMs: 3000, base: { missedBoots: 0 }, current: { missedBoots: 5, boots: 5 } },
    });
  });

  test('that more boots miss beyond chance is failing', () => {
    const comparison = compareOne(pair(late(1, 20), late(16, 20)));
    expect(comparison.verdict).toBe('failing');
    expect(comparison.deadline?.adjustedPValue).toBeLessThan(1e-4);
  });

  test('that more boots miss, but not beyond chance, is told', () => {
    expect(compareOne(pair(late(0, 10), late(2, 10)))).toMatchObject({
      verdict: 'inconclusive',
      warnings: ['shpc plug: 2 of 10 boots missed the deadline of 3000 ms, before 0 of 10'],
    });
    // Near its deadline a latency is late in about half of the boots: 3 of 3 after 0 of 3 is one in 64.
    expect(compareOne(pair(late(0, 3), late(3, 3))).verdict).toBe('inconclusive');
  });

  test('that is kept, or missed less often, is no news', () => {
    expect(compareOne(pair(late(0, 10), late(0, 10))).verdict).toBe('unchanged');
    expect(compareOne(pair(late(10, 10), late(0, 10)))).toMatchObject({ verdict: 'unchanged', warnings: [] });
  });

  test('costs the other metrics nothing where nobody misses it', () => {
    const changed = pair(side(steady(100)), side(steady(110)));
    const kept = pair(late(0, 2), late(0, 2));
    expect(compareAll([changed, kept])[0]?.latency?.adjustedPValue).toBe(
      compareAll([changed])[0]?.latency?.adjustedPValue,
    );
  });
});

describe('other conditions', () => {
  const other = side(steady(150), { conditions: { QEMU: '8.1.1', accelerator: 'kvm' } });

  test('are incomparable, and named', () => {
    expect(compareOne(pair(side(steady(100)), other))).toMatchObject({
      verdict: 'incomparable',
      differences: ['QEMU: 7.2.0 → 8.1.1'],
      reason: 'measured under other conditions: QEMU: 7.2.0 → 8.1.1',
    });
  });

  test('are compared when forced, and that is said', () => {
    expect(compareOne(pair(side(steady(100)), other), { force: true })).toMatchObject({
      verdict: 'regressed',
      warnings: ['compared although conditions differ: QEMU: 7.2.0 → 8.1.1'],
    });
  });

  test('that one side does not know differ', () => {
    const unknown = side(steady(100), { conditions: { accelerator: 'kvm' } });
    expect(compareOne(pair(unknown, side(steady(100)))).differences).toEqual(['QEMU: unknown → 7.2.0']);
  });
});

describe('everything compared in one go', () => {
  test('is corrected together: the more metrics, the more it takes', () => {
    const changed = pair(side(steady(100)), side(steady(110)));
    const others = (count: number) =>
      Array.from({ length: count }, () => pair(side(plain.latencies(8, 4)), side(plain.latencies(8, 4))));
    const alone = compareAll([changed])[0]?.latency?.adjustedPValue ?? 1;
    const among = compareAll([changed, ...others(19)])[0]?.latency?.adjustedPValue ?? 1;
    expect(among / alone).toBeCloseTo(20, 6);
  });

  test('a metric that cannot be tested costs the others nothing', () => {
    const changed = pair(side(steady(100)), side(steady(110)));
    const untestable = Array.from({ length: 9 }, () => pair(side([[1]]), side([[1]])));
    expect(compareAll([changed, ...untestable])[0]?.latency?.adjustedPValue).toBe(
      compareAll([changed])[0]?.latency?.adjustedPValue,
    );
  });

  test('gives the same for the same, in the order given', () => {
    const pairs = [1, 1.05, 1.2].map((factor) =>
      pair(side(plain.latencies(10, 4)), side(times(factor, plain.latencies(10, 4)))),
    );
    expect(compareAll(pairs)).toEqual(compareAll(pairs));
    expect(compareAll(pairs.toReversed()).toReversed()).toEqual(compareAll(pairs));
  });
});

describe('phases', () => {
  const phase = (name: string, durationsMs: number[][]): PhaseDurations => ({ phase: name, durationsMs });
  const parts = (waitMs: number): readonly PhaseDurations[] => [
    phase('button-wait', steady(waitMs)),
    phase('enumeration', steady(9)),
  ];

  test('a regression names the phase that moved, and not the others', () => {
    const base = side(steady(100), { phases: parts(91) });
    const current = side(steady(140), { phases: parts(131) });
    const comparison = compareOne(pair(base, current));
    expect(comparison.phases.map(({ phase: name }) => name)).toEqual(['button-wait']);
    expect(comparison.phases[0]?.differenceMs).toBeCloseTo(40, 0);
    expect(comparison.reason).toMatch(/; button-wait \+40\.0 ms$/);
  });

  test('one that is new took no time before; one that became shorter does not explain a regression', () => {
    const base = side(steady(100), { phases: parts(91) });
    const current = side(steady(140), {
      phases: [phase('settle-wait', steady(60)), phase('button-wait', steady(71)), phase('enumeration', steady(9))],
    });
    expect(compareOne(pair(base, current)).phases).toMatchObject([{ phase: 'settle-wait', baseMs: 0 }]);
  });

  test('of a metric that has not changed are not looked at', () => {
    const base = side(steady(100), { phases: parts(91) });
    expect(compareOne(pair(base, side(steady(100), { phases: parts(131) }))).phases).toEqual([]);
  });
});
