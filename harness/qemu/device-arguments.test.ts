import { describe, expect, test } from 'vitest';
import { devices } from '../machine/device/index.ts';
import { type DeviceFromStart, deviceArguments } from './device-arguments.ts';

const slot = { bus: 'port-1', addr: '0', place: '02.0/00.0' };
const argumentsOf = (
  name: string,
  options: Readonly<Record<string, unknown>> = {},
  machine: readonly string[] = [],
) => {
  const device = devices.get(name);
  if (!device) throw new Error(`there is no device ${name}`);
  const one: DeviceFromStart = {
    device,
    deviceId: 'one',
    options: device.options.parse(options) as typeof options,
    slot,
  };
  return deviceArguments(one, machine, '/own').join(' ');
};

describe('deviceArguments', () => {
  test('a disk with its block node, whose truths are on and off', () => {
    expect(argumentsOf('virtio-blk')).toBe(
      '-blockdev driver=null-co,node-name=one,size=16777216,read-zeroes=on -device virtio-blk-pci,id=one,drive=one,bus=port-1,addr=0',
    );
  });

  test('what lies below something has its name before its own, and commas are doubled', () => {
    expect(argumentsOf('virtio-blk', { backend: { file: '/a,b.raw' } })).toContain(
      '-blockdev driver=raw,node-name=one,read-only=on,file.driver=file,file.filename=/a,,b.raw,file.read-only=on ',
    );
  });

  test('a device on a bus that is written as JSON is written so, too: QEMU makes those after all others', () => {
    const machine = ['-device', '{"driver":"pcie-root-port","id":"port-1"}'];
    expect(argumentsOf('virtio-rng', {}, machine)).toBe(
      '-device {"driver":"virtio-rng-pci","id":"one","bus":"port-1","addr":"0"}',
    );
  });

  test('an adapter with a disk on it', () => {
    expect(argumentsOf('virtio-scsi')).toContain('-device virtio-scsi-pci,id=one,bus=port-1,addr=0 -device scsi-hd,');
  });

  test('a network card', () => {
    expect(argumentsOf('virtio-net')).toBe(
      '-netdev user,id=one,restrict=on -device virtio-net-pci,id=one,netdev=one,bus=port-1,addr=0',
    );
  });

  test("a socket's address stands beside its other options", () => {
    expect(argumentsOf('vhost-user-fs')).toContain('-chardev socket,id=one,path=/own/virtiofsd.sock,server=off ');
  });

  test('an object of a custom device', () => {
    const options = { driver: 'x', properties: { rng: '$id' }, backends: { object: { 'qom-type': 'rng-builtin' } } };
    expect(argumentsOf('custom', options)).toBe(
      '-object rng-builtin,id=one -device x,rng=one,id=one,bus=port-1,addr=0',
    );
  });

  test('every device that needs no options can be there from the start', () => {
    for (const [name, device] of devices) {
      if (device.options.safeParse({}).success) expect(argumentsOf(name)).toContain('-device ');
    }
  });
});
