import { expect, test } from 'vitest';
import { topologyOf } from '../../machine/topology/index.ts';
import { plannedBoot } from '../../plan/schedule.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import type { BootPlug, Variant } from '../../variant.ts';
import { describeOperations } from './operation-factory.ts';

const SEED = 7;
const plug = { operation: 'plug', deviceId: 'card', device: 'virtio-net', options: {}, slot: 0, sequence: 1 } as const;

function factoryOf(over: Partial<Variant>, boot = 1, seed = SEED) {
  const variant = testVariant(over);
  return describeOperations(plannedBoot(variant, boot, seed), topologyOf(variant.topology));
}

test('a custom device is called by its driver too, so that two of them never share a figure', () => {
  const factory = factoryOf({});
  const operationOn = (
    step: typeof plug | (Omit<typeof plug, 'device' | 'options'> & Pick<BootPlug, 'device' | 'options'>),
  ) => factory.step(step, 1).operation.device;
  expect(operationOn(plug)).toBe('virtio-net');
  expect(operationOn({ ...plug, device: 'custom', options: { driver: 'e1000', properties: {} } })).toBe('custom-e1000');
});

test('plugs during the boot have an offset in a part of their own, which is another with another seed only', () => {
  const bootPlugs = [{ ...plug, fromMs: 1000, toMs: 2000, holdMs: 1 }];
  const boots = 10;
  const offsets = (seed?: number) =>
    Array.from({ length: boots }, (_, index) => {
      const factory = factoryOf({ bootPlugs, steps: [], sampling: { boots, cycles: 1, warmup: 0 } }, index + 1, seed);
      return factory.bootPlugs()[0]?.operation.offsetMs ?? 0;
    });
  const parts = (given: readonly number[]) => given.map((offset) => Math.floor((offset - 1000) / 100));
  expect(parts(offsets()).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(parts(offsets())).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(offsets()).toEqual(offsets());
  expect(parts(offsets())).not.toEqual(parts(offsets(SEED + 1)));
});
