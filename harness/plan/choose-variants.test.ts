import { expect, test } from 'vitest';
import type { Choices } from '../archive/run-json.ts';
import { testVariant } from '../scenario/test-variant.ts';
import type { Scenario } from '../scenario/variant.ts';
import { chooseVariants } from './choose-variants.ts';

const scenario = (name: string, ...variants: string[]): Scenario => ({
  name,
  file: `${name}.yaml`,
  source: '',
  question: '',
  variants: variants.map((variant) => testVariant({ scenario: name, name: variant })),
});
const loaded = [scenario('quick', 'shpc', 'acpi', 'acpi-bridge'), scenario('shpc-waits', 'stock')];

function chosen(flags: Choices): readonly string[] | string {
  const found = chooseVariants(loaded, flags);
  if (!found.ok) return found.failure;
  return found.value.flatMap(({ variants }) => variants.map((variant) => `${variant.scenario}/${variant.name}`));
}

test.each([
  [undefined, ['quick/shpc', 'quick/acpi', 'quick/acpi-bridge', 'shpc-waits/stock']],
  ['shpc', ['quick/shpc', 'shpc-waits/stock']],
  ['quick/shpc', ['quick/shpc']],
  ['bridge, stock', ['quick/acpi-bridge', 'shpc-waits/stock']],
  ['bridge,', ['quick/acpi-bridge']],
])('--filter %s', (filter, expected) => {
  expect(chosen(filter === undefined ? {} : { filter })).toEqual(expected);
});

test.each(['vfio', '', ','])('--filter "%s" matches nothing, and the names are told', (filter) => {
  expect(chosen({ filter })).toContain('quick/shpc, quick/acpi');
});

test('flags stand above the scenario, and what they do not say stays', () => {
  const found = chooseVariants([scenario('one', 'v')], { boots: 7, accelerator: 'kvm' });
  const [before] = scenario('one', 'v').variants;
  expect(found.ok && found.value[0]?.variants[0]).toEqual({
    ...before,
    accelerator: 'kvm',
    sampling: { ...before?.sampling, boots: 7 },
  });
});
