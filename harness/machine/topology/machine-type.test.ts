import { expect, test } from 'vitest';
import { majorMinor } from '../qemu-release.ts';
import { topologyOf } from './index.ts';
import { qemuProblem, slotRestMs } from './machine-type.ts';

test.each([
  ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)', [7, 2]],
  ['QEMU emulator version 10.0.2', [10, 0]],
  ['1:5.2+dfsg-11+deb11u3', [5, 2]],
  ['11.1.3', [11, 1]],
  ['', undefined],
  ['a build of mine', undefined],
])('the version in "%s"', (text, version) => {
  expect(majorMinor(text)).toEqual(version);
});

test('QEMU 6.0 cannot have q35 under ACPI hot-plug, 6.1 can; i440fx always could', () => {
  expect(qemuProblem([6, 0], topologyOf('acpi-root-port'))?.wrong).toMatch(/^QEMU 6\.0 has no ACPI hot-plug/);
  expect(qemuProblem([6, 1], topologyOf('acpi-root-port'))).toBeUndefined();
  expect(qemuProblem([5, 2], topologyOf('acpi-i440fx'))).toBeUndefined();
  expect(qemuProblem([5, 2], topologyOf('libvirt'))).toBeUndefined();
});

test('empty root ports of QEMU 5.2 under native hot-plug are not at rest right after the boot', () => {
  expect(slotRestMs([5, 2], topologyOf('pcie-root-port'))).toBeGreaterThan(2000);
  expect(slotRestMs([6, 0], topologyOf('pcie-root-port'))).toBe(0);
  expect(slotRestMs([5, 2], topologyOf('shpc-bridge'))).toBe(0);
});
