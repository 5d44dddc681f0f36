import { expect, test } from 'vitest';
import { clockOf, clockParts } from './clock-parts.ts';
import { scenarioOf } from './model.fixture.ts';
import type { FitPart, ScenarioPart } from './report-model.ts';

/** The first variant in real time, the second in virtual. */
function onBothClocks(): ScenarioPart {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => ({
    ...variant,
    clock: index === 0 ? 'real' : 'virtual',
  }));
  return { ...scenario, variants };
}

test('a scenario of one clock is its own part', () => {
  const scenario = scenarioOf();
  expect(clockParts(scenario)).toEqual([scenario]);
  expect(clockOf(scenario)).toBe('real');
});

test('of two clocks each has a part, with no figure of the other', () => {
  const scenario = onBothClocks();
  const [real, virtual] = clockParts(scenario);
  expect(real?.variants.map(({ name }) => name)).toEqual(['shpc']);
  expect(virtual?.variants.map(({ name, index }) => [name, index])).toEqual([['acpi', 0]]);
  expect(virtual && clockOf(virtual)).toBe('virtual');
  expect(virtual?.samples.map(({ variant, latencyMs }) => [variant, latencyMs])).toEqual(
    scenario.samples.filter(({ variant }) => variant === 1).map(({ latencyMs }) => [0, latencyMs]),
  );
  expect(virtual?.bursts.map(({ variant, figures }) => [variant, figures?.lastMs])).toEqual([[0, 70]]);
  expect([real?.races.length, virtual?.races.length]).toEqual([1, 0]);
  expect([real?.slug, virtual?.slug]).toEqual(['test', 'test--virtual']);
});

test('a fit belongs to the clock of its topology, or to the one that its series names', () => {
  const scenario = onBothClocks();
  const [fit] = scenario.fits as readonly [FitPart];
  const seriesOf = (variants: ScenarioPart['variants'], ...series: string[]) =>
    clockParts({ ...scenario, variants, fits: series.map((name) => ({ ...fit, series: name })) }).map(({ fits }) =>
      fits.map((one) => one.series),
    );
  expect(seriesOf(scenario.variants, 'shpc-bridge', 'acpi-bridge')).toEqual([['shpc-bridge'], ['acpi-bridge']]);
  const alike = scenario.variants.map((variant) => ({ ...variant, topology: 'shpc-bridge' }));
  const named = ['shpc-bridge, clock real', 'shpc-bridge, clock virtual, memory 512'];
  expect(seriesOf(alike, ...named)).toEqual(named.map((name) => [name]));
});
