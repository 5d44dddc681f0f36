import { describe, expect, test } from 'vitest';
import { UNATTRIBUTED } from '../vocabulary.ts';
import { analyse } from './analyse.ts';
import { recorded, recordedIn } from './recorded.fixture.ts';
import { kernelLine, type Recording } from './recording.ts';

/** Recordings of real boots, by the guest's kernel. Of its log the lines of use are left, and messages are numbered anew. */
const names = recordedIn('boots');

const KERNEL = ['kernel-early', 'kernel-core', 'acpi-init', 'pci-scan', 'kernel-subsystems', 'pci-resources'];
const WITH_PORTS = ['firmware', ...KERNEL, 'initramfs-and-drivers', 'hotplug-drivers', 'kernel-drivers', 'init'];
const WITH_LOG = [
  'firmware',
  'firmware-pci',
  'firmware-devices',
  'option-roms',
  'decompression',
  ...WITH_PORTS.slice(1),
];
const WITHOUT_PORTS = ['firmware', ...KERNEL, 'kernel-drivers', 'init'];

function phasesOfFixture(name: string): readonly string[] {
  if (name.endsWith('firmware-log')) return WITH_LOG;
  return name.endsWith('i440fx') ? WITHOUT_PORTS : WITH_PORTS;
}

function bootOf({ header, events }: Recording) {
  const [boot] = analyse(events, header.controller);
  if (!boot) throw new Error('there is no boot');
  return boot;
}

test('there are boots of each kernel that is promised, with ports, a bridge and neither', () => {
  expect(new Set(names.map((name) => name.split('-')[1]))).toEqual(new Set(['5.10', '6.1', '6.12', '7.2']));
  expect(names).toContain('linux-6.1-acpi-i440fx');
});

describe.each(names)('%s', (name) => {
  const recording = recorded(`boots/${name}`);

  test('a boot is told apart to the last phase, and they add up to its latency', () => {
    const { phases, judged } = bootOf(recording);
    expect(phases.map((phase) => phase.name)).toEqual(phasesOfFixture(name));
    const sumMs = phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(sumMs).toBeCloseTo(judged.latencyMs ?? Number.NaN, 6);
  });

  test.each([
    ['kernel-early', /^devtmpfs: initialized/],
    ['acpi-init', /^ACPI: PCI Root Bridge/],
    ['kernel-drivers', /^Run \S+ as init/],
  ])('without the line that ends %s nothing else takes its time', (phase, line) => {
    const events = recording.events.filter((event) => !line.test(kernelLine(event) ?? ''));
    const whole = bootOf(recording).phases;
    const left = bootOf({ ...recording, events }).phases.filter((one) => one.name !== UNATTRIBUTED);
    expect(left.map((one) => one.name)).not.toContain(phase);
    for (const { name: own, durationMs } of left)
      expect(durationMs, own).toBeLessThanOrEqual((whole.find((one) => one.name === own)?.durationMs ?? 0) + 0.001);
  });
});

test('where the last that the firmware says is lost, that is unattributed, and the kernel takes no time of it', () => {
  const { header, events } = recorded('boots/linux-6.1-firmware-log');
  const left = events.filter((event) => !(event.source === 'firmware' && event.text.startsWith('Booting from ROM')));
  const names = bootOf({ header, events: left }).phases.map(({ name }) => name);
  expect(names.slice(0, 5)).toEqual(['firmware', 'firmware-pci', 'firmware-devices', UNATTRIBUTED, 'kernel-early']);
});
