import { expect, test } from 'vitest';
import { cellText, marksOf, noChangeText, noiseText, versionChanges } from './version-changes.ts';
import { madeUpTables } from './version-tables.fixture.ts';

const [table] = madeUpTables();
if (!table) throw new Error('the fixture has no table');
const machine = (label: string) => {
  const found = table.machines.find((one) => one.label === label);
  if (!found) throw new Error(`the fixture has no ${label}`);
  return found;
};
const cellOf = (label: string, kernel: number, qemu: number) =>
  machine(label).cells.findIndex((cell) => cell.kernel === kernel && cell.qemu === qemu);

test('the same change on every version of the other kind is said once, with its phase', () => {
  expect(versionChanges(table).map(({ text, tone }) => `${tone}: ${text}`)).toEqual([
    expect.stringMatching(
      /^doubt: shpc-bridge, Linux 6\.12 → 7\.2, on every QEMU: the wait settle-wait, 1000 ms, is gone$/,
    ),
    expect.stringMatching(
      /^bad: acpi-root-port, QEMU 10\.0 → 11\.1, on every kernel: slower, 1\.\d\dx to 1\.\d\dx \(\S+ to \S+ → \S+ to \S+ ms\); enumeration .+ ms$/,
    ),
    expect.stringMatching(/^good: acpi-i440fx, QEMU 7\.2 → 10\.0, on every kernel: faster, 0\.\d\dx/),
  ]);
});

test('a change is marked at its cell, in the direction it was looked in', () => {
  const mark = (label: string, kernel: number, qemu: number) =>
    marksOf(machine(label), cellOf(label, kernel, qemu)).map(({ arrow, text }) => arrow + text.replace(/0\.\d+/, '#'));
  expect(mark('acpi-i440fx', 1, 2)).toEqual(['→#x']);
  expect(mark('acpi-i440fx', 1, 3)).toEqual([]);
  expect(mark('shpc-bridge', 3, 0)).toEqual(['↓-settle-wait']);
});

test('a cell has its median, in brackets without waits, and how it failed', () => {
  const text = (label: string, kernel: number, qemu: number) => {
    const cell = machine(label).cells[cellOf(label, kernel, qemu)];
    return cell && cellText(cell);
  };
  expect(text('shpc-bridge', 0, 0)).toMatch(/^61\d\d \(1\d\d\)$/);
  expect(text('acpi-i440fx', 0, 3)).toMatch(/^3\d\.\d$/);
  expect(text('pcie-root-port', 0, 2)).toMatch(/^1\d\d, 2 of 3 lost$/);
});

test('what the noise hides is said; of single boots it is not known', () => {
  expect(noiseText(table)).toMatch(
    /^Smaller changes than these could not be told from the noise: \d+ % on shpc-bridge, .+ and \d+ % on acpi-i440fx\.$/,
  );
  const [single] = madeUpTables(1);
  expect(single && noiseText(single)).toBeUndefined();
  expect(single && versionChanges(single).map(({ tone }) => tone)).toEqual(['doubt']);
});

test('that nothing changed is said only where something was judged', () => {
  const withSteps = (verdict?: 'alike' | 'unknown') => ({
    ...table,
    machines: table.machines.map((one) => ({
      ...one,
      steps: verdict ? one.steps.map((step) => ({ ...step, verdict, waits: [] })) : [],
    })),
  });
  expect(noChangeText(withSteps('alike'))).toBe('No change beyond the noise.');
  expect(noChangeText(withSteps('unknown'))).toBeUndefined();
  expect(noChangeText(withSteps())).toMatch(/^Nothing to compare/);
});
