import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { scenarioOf } from '../model/model.fixture.ts';
import type { OperationPart, ScenarioPart } from '../model/report-model.ts';
import { extremes } from './extremes.ts';
import { html } from './markup.ts';

/** What a reader sees of it, each cell of a table parted from the next. */
function textOf(scenarios: readonly ScenarioPart[]): string {
  const page = render(html`<div>${extremes(scenarios)}</div>` as VNode);
  return page
    .replaceAll(/<\/t[dh]>/g, ' | ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

function withLatencies(change: (index: number) => Partial<NonNullable<OperationPart['latency']>>): ScenarioPart {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => ({
    ...variant,
    operations: variant.operations.map((part) => ({
      ...part,
      ratioCi95: undefined,
      latency: part.latency && { ...part.latency, ...change(index) },
    })),
  }));
  return { ...scenario, reference: undefined, variants };
}

test('a scenario has the fastest and the slowest machine with their ratio', () => {
  expect(textOf([scenarioOf()])).toMatch(/plug fastest acpi 60\.0 ms .* slowest shpc 6200 ms .* 103 times as long/);
});

test('of two that are not the reference the ratio lies between the ends of their intervals', () => {
  const intervals = [
    { low: 6000, high: 6400 },
    { low: 50, high: 80 },
  ];
  const text = textOf([withLatencies((index) => ({ p50Ci95: intervals[index] }))]);
  expect(text).toContain('103 times as long (75 to 128 by both 95 % CIs)');
  expect(textOf([withLatencies(() => ({ p50Ci95: undefined }))])).not.toContain('CIs');
});

test('several scenarios have a line each, and one machine alone is not compared with itself', () => {
  const scenario = scenarioOf();
  const alone = { ...scenario, name: 'alone', slug: 'alone', variants: scenario.variants.slice(0, 1) };
  const text = textOf([scenario, alone]);
  expect(text).toContain('test | plug | acpi | 60.0 | shpc | 6200 | 103 times');
  expect(text).toContain('alone | plug | shpc | 6200 | the only one |');
});

test('virtual time has a table of its own', () => {
  const scenario = scenarioOf();
  const virtual = {
    ...scenario,
    name: 'virtual',
    slug: 'virtual',
    variants: scenario.variants.map((one) => ({ ...one, clock: 'virtual' })),
  };
  const [real = '', ofVirtual = ''] = textOf([scenario, virtual]).split('virtual ms, never to be compared');
  expect(real).toContain('test | plug');
  expect(real).not.toContain('virtual | plug');
  expect(ofVirtual).toContain('virtual | plug, virtual time | acpi');
});
