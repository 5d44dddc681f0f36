import { expect, test } from 'vitest';
import { scenarioOf } from '../model/model.fixture.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { longer, rankings } from './ranking.ts';

function ranked(scenario: ScenarioPart) {
  return rankings(scenario, 'plug').map(({ what, measured }) => [what, ...measured.map(({ row }) => row)]);
}

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
