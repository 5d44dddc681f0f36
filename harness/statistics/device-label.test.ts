import { expect, test } from 'vitest';
import { goodSample } from '../timeline/test-sample.ts';
import type { Sample } from '../vocabulary.ts';
import { deviceLabels } from './device-label.ts';

function plugOf(device: string, deviceId: string, variant = 'shpc'): Sample {
  return goodSample({ device, deviceId, variant });
}

const labelsOf = (samples: readonly Sample[]) => samples.map(deviceLabels(samples));

test('devices of one kind need no label, however many there are', () => {
  expect(labelsOf([plugOf('virtio-blk', 'a'), plugOf('virtio-blk', 'b')])).toEqual([undefined, undefined]);
});

test('of several kinds, each is called by its id, or by its kind where it has several devices', () => {
  const samples = [plugOf('virtio-blk', 'root'), plugOf('virtio-net', 'n1'), plugOf('virtio-net', 'n2')];
  expect(labelsOf(samples)).toEqual(['root', 'virtio-net', 'virtio-net']);
});

test('a custom device without an id of its own is called by its driver', () => {
  const samples = [plugOf('custom-e1000', 'custom'), plugOf('custom-nvme', 'custom-2'), plugOf('custom-edu', 'toy')];
  expect(labelsOf(samples)).toEqual(['custom-e1000', 'custom-nvme', 'toy']);
});

test('what another variant plugs makes no difference, and a boot is about no device', () => {
  const boot: Sample = { ...plugOf('', ''), operation: 'boot' };
  expect(labelsOf([plugOf('virtio-blk', 'a'), plugOf('virtio-net', 'n', 'other'), boot])).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
