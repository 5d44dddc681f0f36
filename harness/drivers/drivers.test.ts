import { describe, expect, test } from 'vitest';
import { allDrivers, drivers, LONGEST_WAITS_MS } from './index.ts';

test('every driver is found by its own name', () => {
  expect(allDrivers.map(({ name }) => name)).toEqual(Object.keys(drivers));
});

test('the longest waits are those of an SHPC plug, or of an unplug under native PCIe: 5 s and 1 s', () => {
  expect(LONGEST_WAITS_MS).toBe(6_000);
});

describe.each(allDrivers.map((driver) => [driver.name, driver] as const))('%s', (_name, driver) => {
  test.each(['plug', 'unplug'] as const)('the phases of a %s begin with the command', (operation) => {
    expect(driver.phases[operation][0]?.name).toBe('qmp-command');
  });

  test('has a fixed wait in its phases if, and only if, it has one that passes in that operation', () => {
    for (const operation of ['plug', 'unplug'] as const) {
      const isWaited = driver.waits.some((wait) => wait.in.includes(operation));
      const isNamed = driver.phases[operation].some(({ kind, required }) => kind === 'fixed-wait' && required);
      // The link of a PCIe port has a wait of its own, which no parameter changes.
      const hasLink = driver.phases[operation].some(({ name }) => name === 'link-wait');
      expect(isNamed).toBe(isWaited || hasLink);
    }
  });
});
