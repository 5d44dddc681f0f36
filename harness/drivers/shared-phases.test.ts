import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phasesOf } from '../timeline/phases.ts';
import { UNATTRIBUTED } from '../vocabulary.ts';
import type { Moment } from './phase-table.ts';
import { deviceReady } from './shared-phases.ts';

const PROBE = "bus: 'pci': really_probe: probing driver virtio-pci with device 0000:01:00.0";
const CAPACITY = 'sd 2:0:0:0: [sda] 32768 512-byte logical blocks: (16.8 MB/16.0 MiB)';

const kernel = (atMs: number, text: string): Moment => ({ atMs, source: 'kernel', text });
const appeared = (atMs: number, usableClass?: string) =>
  ({ atMs, source: 'agent', what: 'appeared', ...(usableClass !== undefined && { class: usableClass }) }) as Moment;

/** Name and duration of each phase of a plug from 0 to 100 ms, probed at 10. */
function phases(...moments: readonly Moment[]) {
  return phasesSince(PROBE, ...moments);
}

function phasesSince(probing: string, ...moments: readonly Moment[]) {
  const found = phasesOf(deviceReady, [kernel(10, probing), ...moments], 0, 100);
  return found.map(({ name, durationMs }) => [name, durationMs]);
}

describe('after the enumeration', () => {
  test('a disk that reports its capacity: probe, node, first use', () => {
    expect(phases(kernel(40, CAPACITY), appeared(70, 'block'))).toEqual([
      ['enumeration', 10],
      ['driver-probe', 30],
      ['device-node', 30],
      ['first-use', 30],
    ]);
  });

  test.each([
    PROBE.replace('virtio-pci', 'nvme'),
    "pci 0000:01:00.0: bus: 'pci': really_probe: probing driver nvme with device",
  ])('an NVMe disk, which does not: its node is part of the probe', (probing) => {
    expect(phasesSince(probing, appeared(70, 'block'))).toEqual([
      ['enumeration', 10],
      ['driver-probe', 60],
      ['first-use', 30],
    ]);
  });

  test('a disk of another driver that does not: nobody knows where its probe ended', () => {
    expect(phases(appeared(70, 'block'))).toEqual([
      ['enumeration', 10],
      [UNATTRIBUTED, 60],
      ['first-use', 30],
    ]);
  });

  test.each([
    ['net', 'link-up'],
    ['filesystem', 'mount'],
  ])('of the class %s: from its uevent on, %s', (usableClass, name) => {
    expect(phases(appeared(70, usableClass))).toEqual([
      ['enumeration', 10],
      ['driver-probe', 60],
      [name, 30],
    ]);
  });

  test.each(['virtio-driver', 'pci-driver'])('of the class %s: the probe is all', (usableClass) => {
    expect(phases(appeared(100, usableClass))).toEqual([
      ['enumeration', 10],
      ['driver-probe', 90],
    ]);
  });

  test('a recording from when there were disks only says no class', () => {
    expect(phases(kernel(40, CAPACITY), appeared(70)).at(-1)).toEqual(['first-use', 30]);
  });
});

test('whenever things happen, the phases of every class are all that there is', () => {
  const classes = fc.constantFrom('block', 'net', 'filesystem', 'virtio-driver', 'pci-driver');
  fc.assert(
    fc.property(classes, fc.nat(80), fc.nat(80), (usableClass, first, second) => {
      const [capacityMs, appearedMs] = [first, second].toSorted((a, b) => a - b);
      const isDriver = usableClass.endsWith('driver');
      const found = phases(
        ...(usableClass === 'block' ? [kernel(10 + (capacityMs ?? 0), CAPACITY)] : []),
        appeared(isDriver ? 100 : 10 + (appearedMs ?? 0), usableClass),
      );
      expect(found.map(([name]) => name)).not.toContain(UNATTRIBUTED);
      expect(found.reduce((sum, [, durationMs]) => sum + Number(durationMs), 0)).toBeCloseTo(100, 9);
    }),
  );
});
