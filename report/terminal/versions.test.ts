import { expect, test } from 'vitest';
import { madeUpTables } from '../version-tables.fixture.ts';
import { versionLines } from './versions.ts';

test('QEMUs across and kernels down, a rule for what was not measured, and the changes below', () => {
  const lines = versionLines(madeUpTables());
  expect(lines[1]).toBe('test: versions side by side');
  const header = lines.findIndex((line) => line.startsWith('machine'));
  expect(lines[header]?.split(/\s{2,}/)).toEqual([
    'machine',
    'guest',
    'QEMU 5.2',
    'QEMU 7.2',
    'QEMU 10.0',
    'QEMU 11.1',
  ]);
  expect(lines[header + 2]).toMatch(/^shpc-bridge +Linux 5\.10 +61\d\d \(\d+\) /);
  expect(lines[header + 3]).toMatch(/^ +Linux 6\.1 /);
  expect(lines.find((line) => line.startsWith('acpi-root-port'))).toMatch(/^acpi-root-port +Linux 5\.10 +- +\d/);
  expect(lines.find((line) => line.startsWith('acpi-i440fx'))).toMatch(/→0\.\d\dx/);
  expect(lines.filter((line) => line.startsWith('  acpi-i440fx, QEMU 7.2 → 10.0'))).toHaveLength(1);
});

test('a run without versions has no such lines', () => {
  expect(versionLines([])).toEqual([]);
});
