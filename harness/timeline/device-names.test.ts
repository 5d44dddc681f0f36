import { expect, test } from 'vitest';
import type { Moment } from '../drivers/moment.ts';
import { deviceNames } from './device-names.ts';

const seen = (...paths: readonly string[]): readonly Moment[] =>
  paths.map((path, atMs) => ({ atMs, source: 'uevent', action: 'add', subsystem: 'x', path }));

test('the way down, without the bus numbers, is the place; what is below are parts', () => {
  const device = '/devices/pci0000:00/0000:00:02.0/0000:01:03.0';
  const found = deviceNames('02.0/03.0', seen(device, `${device}/virtio2`, `${device}/virtio2/block/vdc`));
  expect(found).toEqual({
    address: '0000:01:03.0',
    port: '0000:00:02.0',
    parts: new Set(['virtio2', 'block', 'vdc']),
  });
});

test('a device on the root bus has no port', () => {
  expect(deviceNames('04.0', seen('/devices/pci0000:00/0000:00:04.0'))).toEqual({
    address: '0000:00:04.0',
    parts: new Set(),
  });
});

test('neither what is above nor what is below a place is at it', () => {
  const paths = seen('/devices/pci0000:00/0000:00:02.0', '/devices/pci0000:00/0000:00:02.0/0000:01:03.0');
  expect(deviceNames('03.0', paths)).toBeUndefined();
  expect(deviceNames('02.0', paths)?.address).toBe('0000:00:02.0');
  expect(deviceNames('02.0', seen('/devices/virtual/bdi/254:0'))).toBeUndefined();
});
