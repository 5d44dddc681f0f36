import { expect, test } from 'vitest';
import { TIMELINE } from '../charts/timeline.fixture.ts';
import { scenarioOf } from '../model/model.fixture.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { byImportance, showSingleSamples } from './single-samples.ts';

/** A scenario with a variant for each latency, which has a median and a worst sample of it. */
function scenarioWith(name: string, latenciesMs: readonly number[]): ScenarioPart {
  const scenario = scenarioOf();
  const [template] = scenario.variants;
  if (!template) throw new Error('the fixture has no variant');
  const variants = latenciesMs.map((latencyMs, index) => ({
    ...template,
    index,
    label: `${name} ${latencyMs}`,
    slug: `${name}-${latencyMs}`,
    timelines: (['median', 'worst'] as const).map((which) => ({ ...TIMELINE, which, latencyMs })),
  }));
  return { ...scenario, name, slug: name, variants };
}

test('the slowest and the fastest of every scenario come first, and medians before worst samples', () => {
  const order = byImportance([scenarioWith('a', [1, 9, 5]), scenarioWith('b', [2, 4])]);
  expect(order.map(({ variant, timeline }) => `${variant.label} ${timeline.which}`)).toEqual([
    'a 9 median',
    'b 4 median',
    'a 1 median',
    'b 2 median',
    'a 5 median',
    'b 4 worst',
    'a 9 worst',
    'b 2 worst',
    'a 1 worst',
    'a 5 worst',
  ]);
});

test('no more are drawn, and no more lines listed, than a page can bear', async () => {
  const svg = 'x'.repeat(200_000);
  const longText = 'y'.repeat(300_000);
  const scenario = scenarioWith('a', [1, 2, 3, 4]);
  const variants = scenario.variants.map((variant) => ({
    ...variant,
    timelines: variant.timelines.map((timeline) => ({
      ...timeline,
      events: [{ atMs: 0, source: 'agent' as const, text: longText }],
    })),
  }));
  const shown = [...(await showSingleSamples([{ ...scenario, variants }], async (chart) => ({ chart, svg }))).values()];
  expect(shown.length).toBe(4);
  expect(shown.map(({ lines }) => lines !== undefined)).toEqual([true, true, false, false]);
});
