import { describe, expect, test } from 'vitest';
import { noises } from '../simulation/noise.ts';
import { ASSUMED_BETWEEN_RUNS, type BetweenRuns } from './between-runs.ts';
import { compareAll } from './compare.ts';
import { DEFAULT_THRESHOLD, type MeasuredPair, type MeasuredSide, type PhaseDurations } from './comparison.ts';
import type { BootShare } from './more-often.ts';

const { plain } = noises(21);

/** `failed`: for each boot how many of how many that were tried failed; by default none of those with a latency. */
function side(latenciesMs: number[][], over: Partial<MeasuredSide> = {}): MeasuredSide {
  return {
    label: 'run',
    conditions: { QEMU: '7.2.0', accelerator: 'kvm' },
    runs: 1,
    failed: shares(latenciesMs.map((own) => [0, own.length])),
    notTried: 0,
    latenciesMs,
    phases: [],
    ...over,
  };
}

function shares(boots: readonly (readonly [count: number, tried: number])[]): BootShare[] {
  return boots.map(([count, tried]) => ({ count, tried }));
}

/** `boots` boots of which `failed` have a failure among two tried. */
const failing = (failed: number, boots: number) =>
  shares(Array.from({ length: boots }, (_, index) => [index < failed ? 1 : 0, 2]));

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

  test('unchanged: what is not within the threshold, but a change of the size asked for would have been found', () => {
    const [base, current] = [side(plain.latencies(40, 4)), side(plain.latencies(40, 4))];
    const comparison = compareOne(pair(base, current));
    expect(comparison).toMatchObject({ verdict: 'unchanged', detect: 0.1 });
    expect(comparison.latency?.detectableRatio).toBeLessThan(1.1);
    expect(compareOne(pair(base, current), { detect: 0.01 }).verdict).toBe('undecided');
  });

  test('undecided: says what would have been found, and how many boots more it would take', () => {
    const comparison = compareOne(pair(side(plain.latencies(6, 4)), side(plain.latencies(6, 4))), { detect: 0.05 });
    expect(comparison.verdict).toBe('undecided');
    expect(comparison.moreBoots).toBeGreaterThan(1);
    expect(comparison.reason).toMatch(
      /; only a slowdown of \d+\.\d % would surely have been found, not 5\.0 %; about \d+ more boots a side would tell$/,
    );
  });

  test('the same samples on both sides are no alarm', () => {
    const same = side(plain.latencies(10, 4));
    const { latency, verdict } = compareOne(pair(same, same));
    expect(['undecided', 'unchanged']).toContain(verdict);
    expect(latency?.cliffsDelta).toBe(0);
    expect(latency?.pValue).toBeGreaterThan(0.5);
  });

  test('with four boots a side nothing can be told from chance', () => {
    const comparison = compareOne(pair(side(steady(100, 4)), side(steady(200, 4))));
    expect(comparison).toMatchObject({ verdict: 'undecided', moreBoots: 1 });
    expect(comparison.warnings.join()).toContain('cannot be told from chance');
    // Of noisier boots one more would not do.
    const noisy = compareOne(pair(side(plain.latencies(4, 1)), side(plain.latencies(4, 1))), { detect: 0.02 });
    expect(noisy.moreBoots).toBeGreaterThan(10);
  });

  test('five boots a side find a large change, and say what that rests on', () => {
    const changed = pair(side(steady(100, 5)), side(steady(120, 5)));
    const [comparison] = compareAll([changed, changed]);
    expect(comparison).toMatchObject({ verdict: 'regressed', latency: { method: 't' } });
    expect(comparison?.warnings).toEqual(['5 boots a side: the verdict assumes that boots scatter normally']);
  });

  test('missing: a metric of the base that was not run', () => {
    expect(compareOne(pair(side(steady(100)), undefined))).toMatchObject({
      verdict: 'missing',
      reason: 'run has it, this run does not',
    });
  });

  test('failing: nothing is good any more', () => {
    const broken = side([], {
      failed: shares([
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    });
    expect(compareOne(pair(side(steady(100, 5)), broken))).toMatchObject({
      verdict: 'failing',
      reason: 'all 5 samples failed',
    });
  });

  test('failing: nothing is tried any more', () => {
    expect(compareOne(pair(side(steady(100, 5)), side([], { notTried: 10 })))).toMatchObject({
      verdict: 'failing',
      reason: 'not tried in any boot any more: what comes before it failed in each',
    });
  });

  test.each([
    [4, 5],
    [5, 10],
    [8, 10],
    [6, 20],
    [8, 30],
  ])('failing: %d of %d boots with failures after none, though what is left is 12 %% faster', (failed, boots) => {
    const current = side(steady(88, boots - failed), { failed: failing(failed, boots) });
    const others = Array.from({ length: 19 }, () => pair(side(steady(100, boots)), side(steady(100, boots))));
    const [comparison] = compareAll([pair(side(steady(100, boots)), current), ...others]);
    expect(comparison).toMatchObject({
      verdict: 'failing',
      reason: `${failed} of ${boots} boots failed, before 0 of ${boots}`,
    });
  });

  test('failing: of the operations of each boot more fail, though every boot lost one before, too', () => {
    const some = (count: number) =>
      side(
        steady(100).map(([one = 0]) => Array.from({ length: 20 - count }, () => one)),
        { failed: shares(Array.from({ length: 10 }, () => [count, 20])) },
      );
    const scattered = (count: number) =>
      side(steady(100), { failed: shares(Array.from({ length: 10 }, (_, boot) => [count + (boot % 2), 20])) });
    expect(compareOne(pair(scattered(1), scattered(10)))).toMatchObject({
      verdict: 'failing',
      reason: '105 of 200 samples failed, before 15 of 200',
    });
    expect(compareOne(pair(some(2), some(2))).verdict).toBe('unchanged');
  });

  test('failures that are more than before, but not beyond chance, are never unchanged nor improved, and are told', () => {
    const once = side(steady(100, 19), { failed: failing(1, 20) });
    const comparison = compareOne(pair(side(steady(100, 20)), once));
    expect(comparison).toMatchObject({
      verdict: 'undecided',
      reason: expect.stringContaining('; 1 of 20 boots failed, before 0 of 20'),
      warnings: ['shpc plug: 1 of 20 boots failed, before 0 of 20'],
    });
    expect(comparison).not.toHaveProperty('moreBoots');
    expect(compareOne(pair(once, once)).verdict).toBe('unchanged');
    const faster = side(steady(80, 19), { failed: failing(1, 20) });
    expect(compareOne(pair(side(steady(100, 20)), faster)).verdict).toBe('undecided');
  });

  test.each([3, 5])('failing: each of %d boots lost an operation, where none did before', (boots) => {
    const some = side(steady(100, boots), { failed: shares(Array.from({ length: boots }, () => [1, 4])) });
    const others = Array.from({ length: 19 }, () => pair(side(steady(100, boots)), some));
    expect(compareAll([pair(side(steady(100, boots)), some), ...others])[0]).toMatchObject({
      verdict: 'failing',
      reason: `${boots} of ${boots} boots failed, before 0 of ${boots}`,
      warnings: expect.not.arrayContaining([expect.stringContaining('failed')]),
    });
    expect(compareOne(pair(some, some)).verdict).not.toBe('failing');
  });

  test('what neither side has tried, and what is left of half that failed, is no verdict', () => {
    const untried = side([], { notTried: 10 });
    expect(compareOne(pair(untried, untried)).verdict).not.toBe('failing');
    const half = (ms: number) =>
      side(
        steady(ms, 5).map(([one = 0]) => [one]),
        { failed: failing(5, 5) },
      );
    expect(compareOne(pair(half(100), half(80))).verdict).toBe('undecided');
  });

  test('fewer failures than before are no alarm', () => {
    const some = side(steady(100, 15), { failed: failing(5, 20) });
    expect(compareOne(pair(some, side(steady(100, 20)))).verdict).toBe('unchanged');
  });
});

test('latencies of 0 ms are not compared, and spoil no other metric', () => {
  const zero = pair(side(Array.from({ length: 10 }, () => [0, 0])), side(steady(100)));
  const changed = pair(side(steady(100)), side(steady(110)));
  const [none, other] = compareAll([zero, changed]);
  const text = 'a latency of 0 ms has no ratio to another';
  expect(none).toMatchObject({ verdict: 'undecided', reason: text, warnings: [text] });
  expect(none).not.toHaveProperty('latency');
  expect(other?.verdict).toBe('regressed');
});

describe('slow samples', () => {
  /** Ten boots of four samples around 100 ms, of which so many in all take twice as long. */
  const withSlow = (slow: number, boots = 10) => {
    const fast = steady(100, boots).map((own) => [...own, ...own]);
    return side(fast.map((own, boot) => own.map((ms, place) => (place * boots + boot < slow ? 2 * ms : ms))));
  };

  test('that become more are a regression, though the median has not moved', () => {
    const comparison = compareOne(pair(withSlow(4, 20), withSlow(28, 20)));
    expect(comparison.verdict).toBe('regressed');
    expect(comparison.reason).toMatch(
      /^28 of 80 samples took 1\.25 times the median and more, before 4 of 80; p90 100 to 200 ms; as long as before/,
    );
    expect(comparison.slow).toMatchObject({ baseSlow: 4, currentSlow: 28 });
  });

  test('that become more, but not beyond chance, are never unchanged', () => {
    expect(compareOne(pair(withSlow(2), withSlow(9))).verdict).toBe('undecided');
  });

  test('are no more where most samples became faster and the others did not', () => {
    const base = side(steady(350, 10).map((own) => [...own, ...own]));
    const faster = side(base.latenciesMs.map((own) => own.map((ms, place) => (place < 3 ? ms * 0.66 : ms))));
    expect(compareOne(pair(base, faster)).verdict).not.toBe('regressed');
  });

  test('that are as many, or fewer, are no news', () => {
    expect(compareOne(pair(withSlow(5), withSlow(5))).verdict).toBe('unchanged');
    expect(compareOne(pair(withSlow(14), withSlow(2))).verdict).toBe('unchanged');
  });
});

describe('different runs', () => {
  const across = (base: MeasuredSide, current: MeasuredSide, over: Partial<BetweenRuns> = {}) =>
    pair(base, current, { betweenRuns: { ...ASSUMED_BETWEEN_RUNS, ...over } });

  test('of which nothing is known differ by up to 5 %: what an interleaved run finds is undecided', () => {
    const comparison = compareOne(across(side(steady(100)), side(steady(110))));
    expect(comparison).toMatchObject({
      verdict: 'undecided',
      latency: { method: 'between-runs', betweenRuns: { runs: 0 } },
    });
    expect(comparison).not.toHaveProperty('moreBoots');
    expect(comparison.reason).toMatch(
      /not 10\.0 %; no number of boots would tell: runs of the same thing are taken to differ by 5\.0 % \(from 0 earlier runs\)$/,
    );
    expect(comparison.latency?.ratio.ci95?.[0]).toBeLessThan(1);
    expect(compareOne(across(side(steady(100)), side(steady(140)))).verdict).toBe('regressed');
  });

  test('of which earlier ones have shown how little they differ decide again', () => {
    const learnt = { sd: 0.01, degrees: 20, runs: 21, boots: 10 };
    expect(compareOne(across(side(steady(100)), side(steady(110)), learnt)).verdict).toBe('regressed');
    expect(compareOne(across(side(steady(100)), side(steady(102)), learnt))).toMatchObject({ verdict: 'unchanged' });
  });

  test('a deadline that is missed by no more than what runs differ by is no failure', () => {
    const nearly = (ms: number) => side(steady(ms), { deadline: { limitMs: 100, triedMs: steady(ms) } });
    expect(compareOne(across(nearly(98), nearly(103))).verdict).toBe('undecided');
    expect(compareOne(across(nearly(98), nearly(180))).verdict).toBe('failing');
    expect(compareOne(pair(nearly(98), nearly(103))).verdict).toBe('failing');
  });

  test('of which one was measured on a busy host decide nothing about latencies, and all about failures', () => {
    const learnt = { sd: 0.01, degrees: 20, runs: 21, boots: 10 };
    const busy = (ms: number, over: Partial<MeasuredSide> = {}) => ({
      ...across(side(steady(100)), side(steady(ms), over), learnt),
      disturbed: ['new'],
    });
    expect(compareOne(busy(200))).toMatchObject({
      verdict: 'undecided',
      phases: [],
      reason: expect.stringMatching(/; the host was busy during new$/),
    });
    expect(compareOne(busy(100)).verdict).toBe('undecided');
    expect(compareOne(busy(100, { failed: failing(8, 10) })).verdict).toBe('failing');
  });

  test('several as a base are known better than one', () => {
    const learnt = { sd: 0.02, degrees: 30, runs: 31, boots: 10 };
    const reach = (runs: number) =>
      compareOne(across(side(steady(100, 10 * runs), { runs }), side(steady(100)), learnt)).latency?.detectableRatio ??
      0;
    expect(reach(5)).toBeLessThan(reach(1));
  });
});

describe('where there is no good sample', () => {
  const asExpected = side([], { failed: failing(0, 5) });
  const broken = side([], {
    failed: shares([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]),
  });
  const good = side(steady(100, 5));

  test.each<[string, MeasuredSide, MeasuredSide, string, string]>([
    [
      'the expected outcome on both',
      asExpected,
      asExpected,
      'unchanged',
      'no sample is ok on either side, as expected',
    ],
    ['failures on both', broken, broken, 'undecided', 'no good sample on either side'],
    ['failures that are gone', broken, asExpected, 'undecided', 'no good sample on either side'],
    ['failures instead of the expected outcome', asExpected, broken, 'failing', 'all 5 samples failed'],
    ['good samples at last', broken, good, 'undecided', 'run has no good sample'],
    ['an outcome that is expected from now on', good, asExpected, 'undecided', 'run has no good sample'],
  ])('%s', (_, base, current, verdict, reason) => {
    expect(compareOne(pair(base, current))).toMatchObject({ verdict, reason });
  });

  test('an operation after a failure that is expected has only been given up, which is none', () => {
    const some = side([], { failed: failing(5, 5) });
    expect(compareOne(pair(good, some)).reason).toBe(
      'no good sample any more: 5 of 10 failed; 5 of 5 boots failed, before 0 of 5',
    );
  });
});

describe('a deadline', () => {
  /** Of each boot's four samples so many are late in the first `missedBoots` boots. */
  const late = (missedBoots: number, boots: number, samples = 1): MeasuredSide =>
    side(steady(100, boots), {
      deadline: {
        limitMs: 3000,
        triedMs: Array.from({ length: boots }, (_, boot) =>
          Array.from({ length: 4 }, (__, place) => (boot < missedBoots && place < samples ? 4000 + boot : 100)),
        ),
      },
    });

  test('that every boot misses from now on is failing, whatever the threshold says of the latency', () => {
    expect(compareOne(pair(late(0, 5), late(5, 5)))).toMatchObject({
      verdict: 'failing',
      reason: '5 of 20 samples missed the deadline of 3000 ms, before 0 of 20',
      deadline: { limitMs: 3000, base: { missedBoots: 0 }, current: { missedBoots: 5, boots: 5 } },
    });
  });

  test('that more boots miss beyond chance is failing', () => {
    const comparison = compareOne(pair(late(1, 20), late(16, 20)));
    expect(comparison.verdict).toBe('failing');
    expect(comparison.deadline?.adjustedPValue).toBeLessThan(1e-4);
  });

  test('that more samples of each boot miss is failing, though every boot had one that did', () => {
    expect(compareOne(pair(late(10, 10, 1), late(10, 10, 3)))).toMatchObject({
      verdict: 'failing',
      reason: '30 of 40 samples missed the deadline of 3000 ms, before 10 of 40',
    });
  });

  test('that more boots miss, but not beyond chance, is told', () => {
    expect(compareOne(pair(late(1, 10), late(6, 10)))).toMatchObject({
      verdict: 'undecided',
      warnings: ['shpc plug: 6 of 40 samples missed the deadline of 3000 ms, before 1 of 40'],
    });
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
