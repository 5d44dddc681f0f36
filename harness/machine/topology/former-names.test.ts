import { expect, test } from 'vitest';
import { FORMER_NAMES, topologyOfToday } from './former-names.ts';
import { topologies } from './index.ts';

test('what a topology is called now is a topology, and its former name is not', () => {
  for (const [former, { now }] of FORMER_NAMES) {
    expect(topologies.has(now)).toBe(true);
    expect(topologies.has(former)).toBe(false);
  }
});

test("a stored run on kata's machine of 2021 is not taken for one on today's", () => {
  expect(topologyOfToday('kata', {})).toBe('kata-2021');
  expect(topologyOfToday('kata', { bridges: 1 })).toBe('kata');
  expect(topologyOfToday('kata-acpi', {})).toBe('kata-2021-acpi');
  expect(topologyOfToday('shpc-bridge', {})).toBe('shpc-bridge');
});

test("today's kata always has options, by which the two are told apart", () => {
  expect(Object.keys(topologies.get('kata')?.options.parse({}) as object)).not.toEqual([]);
});
