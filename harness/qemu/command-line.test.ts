import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellWord } from '../host/run-tool.ts';
import type { MajorMinor } from '../machine/qemu-release.ts';
import { topologyOf } from '../machine/topology/index.ts';
import type { Accelerator, Clock } from '../vocabulary.ts';
import { handScript, kernelCommandLine, listeningSocket, type MachineSpec, machineArguments } from './command-line.ts';

const spec: MachineSpec = {
  topology: topologyOf('shpc-bridge'),
  topologyOptions: {},
  guest: {
    cpus: 3,
    memoryMiB: 768,
    kernel: { source: 'stock' },
    iommu: false,
    firmwareLog: false,
    parameters: { 'shpchp.settle_ms': '0' },
  },
  files: { kernelImage: '/guest/vmlinuz', initramfs: '/guest/initramfs' },
  accelerator: 'tcg',
};
const channels = {
  monitor: listeningSocket('/s/qmp'),
  console: listeningSocket('/s/console', '/l/console.log'),
  markers: listeningSocket('/s/markers'),
  firmware: listeningSocket('/s/firmware'),
};
const argumentOf = (args: readonly string[], flag: string) => args[args.indexOf(flag) + 1];

describe('machineArguments', () => {
  const args = machineArguments(spec, channels, '/s');

  test("have a debug port for the firmware's log where it is asked for, and on the real clock", () => {
    const debugPort = (over: Partial<MachineSpec>) =>
      machineArguments({ ...spec, ...over }, channels, '/s').filter((word) => word.startsWith('isa-debugcon'));
    const guest = { ...spec.guest, firmwareLog: true };
    expect(debugPort({ guest })).toEqual(['isa-debugcon,iobase=0x402,chardev=firmware']);
    expect(debugPort({})).toEqual([]);
    expect(debugPort({ guest: { ...guest, cpus: 1 }, clock: 'virtual' })).toEqual([]);
  });

  test('carry the guest as the scenario has it', () => {
    expect(argumentOf(args, '-smp')).toBe('3');
    expect(argumentOf(args, '-m')).toBe('768M');
    expect(argumentOf(args, '-accel')).toBe('tcg');
    expect(argumentOf(args, '-append')).toBe(
      'console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check shpchp.settle_ms=0',
    );
  });

  test('have nothing but what was asked for, in a sandbox', () => {
    expect(args).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-sandbox']));
    expect(argumentOf(args, '-sandbox')).toMatch(/^on,/);
  });

  test('an IOMMU comes before every other device, and the kernel is told to use it', () => {
    const iommu = { ...spec, guest: { ...spec.guest, iommu: true } };
    const withIommu = machineArguments(iommu, channels, '/s');
    expect(args.filter((arg) => arg.includes('iommu'))).toEqual([]);
    expect(argumentOf(withIommu, '-device')).toBe('intel-iommu');
    expect(argumentOf(withIommu, '-append')).toContain(' intel_iommu=on shpchp.settle_ms=0');
    expect(argumentOf(withIommu, '-accel')).toBe('tcg');
    // Interrupt remapping, which VFIO insists on.
    expect(argumentOf(machineArguments({ ...iommu, accelerator: 'kvm' }, channels, '/s'), '-accel')).toBe(
      'kvm,kernel-irqchip=split',
    );
  });

  test('a machine type of the scenario goes over that of the topology', () => {
    expect(argumentOf(machineArguments({ ...spec, machine: 'pc-q35-6.0' }, channels, '/s'), '-machine')).toBe(
      'pc-q35-6.0',
    );
  });

  test('memory is shared when a process beside QEMU has to see it, and only then', () => {
    expect(args.join(' ')).not.toContain('memory-backend');
    const shared = machineArguments({ ...spec, sharesMemory: true }, channels, '/s').join(' ');
    expect(shared).toContain('memory-backend-memfd,id=memory,size=768M,share=on');
    expect(shared).toContain('memory-backend=memory');
  });

  test('parts of the machine come after the slots, with their sockets in the directory', () => {
    const part = {
      name: 'part',
      arguments: (directory: string) => ['-chardev', `socket,path=${directory}/part.sock`],
      lacking: () => undefined,
      guestModules: [],
      sharesMemory: true,
      processes: () => [],
    };
    const withPart = machineArguments({ ...spec, parts: [part] }, channels, '/s');
    expect(withPart.at(-1)).toBe('socket,path=/s/part.sock');
    expect(withPart.join(' ')).toContain('share=on');
  });

  test('TCG uses the full model, without BMI2 where QEMU cannot execute it as early as a kernel does', () => {
    const cpu = (qemuRelease: MajorMinor) =>
      argumentOf(machineArguments({ ...spec, qemuRelease }, channels, '/s'), '-cpu');
    expect(argumentOf(args, '-cpu')).toBe('max');
    expect(cpu([5, 2])).toBe('max,bmi2=off');
    expect(cpu([7, 2])).toBe('max');
  });

  test('several processors under a TCG that translates unsafely on several threads share one', () => {
    const accelerator = (qemuRelease: MajorMinor, cpus: number, over: Partial<typeof spec> = {}) =>
      argumentOf(
        machineArguments({ ...spec, ...over, qemuRelease, guest: { ...spec.guest, cpus } }, channels, '/s'),
        '-accel',
      );
    expect(accelerator([5, 2], 2)).toBe('tcg,thread=single');
    expect(accelerator([8, 0], 2)).toBe('tcg,thread=single');
    expect(accelerator([8, 1], 2)).toBe('tcg');
    expect(accelerator([5, 2], 1)).toBe('tcg');
    expect(accelerator([5, 2], 2, { accelerator: 'kvm' })).toBe('kvm');
  });

  test('KVM uses the host model', () => {
    expect(argumentOf(machineArguments({ ...spec, accelerator: 'kvm' }, channels, '/s'), '-cpu')).toBe('host');
  });
});

describe('kernelCommandLine', () => {
  test('bare flags, values, and values with spaces', () => {
    expect(
      kernelCommandLine({ iommu: false, parameters: { nokaslr: null, 'pci.x': '1', dyndbg: 'file a +p' } }, 'kvm'),
    ).toBe('console=ttyS0 quiet panic=-1 nokaslr pci.x=1 dyndbg="file a +p"');
  });

  test("the timer is not tested where a busy host can make it fail: under TCG on the host's time", () => {
    const withoutTest = (accelerator: Accelerator, clock: Clock) =>
      kernelCommandLine({ iommu: false, parameters: {} }, accelerator, clock).includes('no_timer_check');
    expect(withoutTest('tcg', 'real')).toBe(true);
    expect(withoutTest('kvm', 'real')).toBe(false);
    expect(withoutTest('tcg', 'virtual')).toBe(false);
  });
});

test('a comma in a path is doubled, as QEMU wants it', () => {
  expect(listeningSocket('/a,b')).toBe('socket,path=/a,,b,server=on,wait=off');
});

test('a shell reads back every word as it was', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0')),
        { minLength: 1, maxLength: 5 },
      ),
      (words) => {
        const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], {
          encoding: 'utf8',
        });
        expect(printed.split('\0').slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 30 },
  );
});

test('the script for starting a machine by hand is a shell script with the same devices', () => {
  const script = handScript('/usr/bin/qemu-system-x86_64', spec);
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain('pci-bridge,id=bridge0');
  execFileSync('sh', ['-n', '-c', script]);
});
