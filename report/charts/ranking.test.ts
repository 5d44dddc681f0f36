import { expect, test } from 'vitest';
import { sampleOf, scenarioOf } from '../model/model.fixture.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { ecdfChart } from './ecdf.ts';
import { latencyChart } from './latency.ts';
import { longer, rankings, withoutRank } from './ranking.ts';

function ranked(scenario: ScenarioPart) {
  return rankings(scenario, 'plug').map(({ what, ranked }) => [what, ...ranked.map(({ row }) => row)]);
}

/** The fixture, in which the fastest variant has failed so often, of 18. */
function withFailures(failures: number, p50Ms: number | undefined): ScenarioPart {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant) => ({
    ...variant,
    operations: variant.operations.map((part) =>
      variant.name === 'acpi' && part.latency
        ? { ...part, tried: 18, failures, latency: { ...part.latency, p50Ms }, censored: { aboveMs: 30_000 } }
        : part,
    ),
  }));
  return { ...scenario, variants };
}

test('a variant that failed more often than another has no rank, however fast the rest of it was', () => {
  const scenario = withFailures(1, 60);
  expect(ranked(scenario)).toEqual([['plug', 'shpc']]);
  const [ranking] = rankings(scenario, 'plug');
  expect(withoutRank(ranking?.unranked ?? [])).toBe('Without a rank: acpi (1 of 18 failed).');
  const caption = latencyChart(scenario, 'plug')?.caption;
  expect(caption).toContain('Without a rank: acpi (1 of 18 failed).');
  expect(caption).not.toContain('fastest');
});

test('where the median falls among failures it is told as longer than the limit', () => {
  const chart = latencyChart(withFailures(9, undefined), 'plug');
  expect(chart?.alternative).toContain('acpi: median > 30000 ms');
  expect(chart?.data.medians?.map(({ row }) => row)).toEqual(['shpc']);
  expect(chart?.data.figures?.map(({ label }) => label)).toEqual(['6200 ms', '> 30000']);
});

test('a curve of what was tried ends at the share that did not fail', () => {
  const scenario = withFailures(3, 60);
  const failed = { ...sampleOf(1, 4, 0), outcome: 'timeout', latencyMs: undefined, isExpected: false };
  const untried = { ...failed, outcome: 'aborted' };
  const samples = [...scenario.samples, failed, failed, failed, untried];
  const chart = ecdfChart({ ...scenario, samples }, 'plug');
  const ends = new Map(chart?.data.steps?.map(({ row, share }) => [row, share]));
  expect(Object.fromEntries(ends)).toEqual({ shpc: 1, acpi: 0.5 });
  expect(chart?.caption).toContain("Curves end where the rest failed: acpi's at 50 % (3 of 6).");
});

test('the fastest comes first', () => {
  expect(ranked(scenarioOf())).toEqual([['plug', 'acpi', 'shpc']]);
});

test('one device alone is not ranked among several at once, and of their numbers the ends are', () => {
  const scenario = scenarioOf();
  const [burst] = scenario.bursts;
  const [shpc, acpi] = scenario.variants;
  if (!burst || !shpc || !acpi) throw new Error('the fixture lacks something');
  const variants = [shpc, acpi, { ...acpi, label: 'eight', index: 2 }, { ...acpi, label: 'four', index: 3 }];
  const bursts = [
    { ...burst, variant: 2, devices: 8 },
    { ...burst, variant: 3, devices: 4 },
  ];
  expect(ranked({ ...scenario, variants, bursts })).toEqual([
    ['plug, one alone', 'acpi', 'shpc'],
    ['plug, 8 at once', 'eight'],
  ]);
});

test('what is nearly alike is told as a difference', () => {
  expect([1.002, 1.09, 1.5, 103].map(longer)).toEqual([
    '0.2 % longer',
    '9 % longer',
    '1.50 times as long',
    '103 times as long',
  ]);
});
