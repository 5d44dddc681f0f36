import { describe, expect, test } from 'vitest';
import type { Scenario, Variant } from '../variant.ts';
import { problemLines } from './test-scenario.ts';
import { testVariant } from './test-variant.ts';
import { virtualRefusal } from './virtual-conflicts.ts';

function problems(settings: string, sequence = '[boot, plug: virtio-blk]') {
  const text = `name: x\ndefaults: { clock: virtual, topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 }, ${settings} }\nvariants: { a: {} }\nsequence: ${sequence}\n`;
  return problemLines(text);
}

describe('a file that asks for virtual time is refused with', () => {
  test.each([
    ['KVM', 'accelerator: kvm', undefined, /under KVM, which does not count instructions/],
    ['several CPUs', 'guest: { cpus: 2 }', undefined, /with 2 virtual CPUs/],
    ['a load on the host', 'load: { host: 1 }', undefined, /a load on the host/],
    ['a step of load on the host', '', '[boot, load: { host: 1, steps: [plug: virtio-blk] }]', /a load on the host/],
    ['a plug during the boot', '', '[plug: { device: virtio-blk, at: 100ms }, boot]', /a plug during the boot/],
    ['a process beside QEMU', '', '[boot, plug: vhost-user-fs]', /works in the host's time/],
    ['NVMe', '', '[boot, plug: nvme]', /"nvme", whose commands QEMU's main loop carries out/],
    [
      'a disk that is a file',
      '',
      '[boot, plug: { device: virtio-blk, backend: { file: a.raw } }]',
      /whose file is read/,
    ],
    ['SCSI', '', '[boot, plug: virtio-scsi]', /"virtio-scsi", whose driver looks for more disks/],
    ['NVMe by another name', '', '[boot, plug: { device: custom, driver: nvme }]', /"custom", whose commands/],
  ])('%s', (_what, settings, sequence, message) => {
    expect(problems(settings, sequence).join('\n')).toMatch(message);
  });
});

test('a load in the guest goes with it, and one CPU is what it has if nothing is said', () => {
  expect(problems('load: { guest: 1 }')).toEqual([]);
});

describe('a run', () => {
  const run = (over: Partial<Variant>): readonly Scenario[] => [
    { file: 'x.yaml', source: '', name: 'x', question: '', variants: [testVariant(over)] },
  ];
  const oneCpu = { guest: { ...testVariant().guest, cpus: 1 } };

  test('of several machines side by side is refused', () => {
    expect(virtualRefusal(run({ clock: 'virtual', ...oneCpu }), 2)).toMatch(/--jobs 2: /);
    expect(virtualRefusal(run({ clock: 'virtual', ...oneCpu }), 1)).toBeUndefined();
    expect(virtualRefusal(run({}), 2)).toBeUndefined();
  });

  test('that the command line has moved to the virtual clock is refused as a file would be', () => {
    expect(virtualRefusal(run({ clock: 'virtual', accelerator: 'kvm', ...oneCpu }), 1)).toMatch(/^test\/shpc: .*KVM/);
  });
});
