import type { Variant } from '../variant.ts';

const disk = { deviceId: 'disk', device: 'virtio-blk', options: { backend: 'null-co' }, slot: 0 } as const;

/** A complete variant for tests: an SHPC bridge with one disk plugged and unplugged, changed by `over`. */
export function testVariant(over: Partial<Variant> = {}): Variant {
  return {
    scenario: 'test',
    name: 'shpc',
    topology: 'shpc-bridge',
    topologyOptions: {},
    bootMode: 'fresh',
    guest: { cpus: 2, memoryMiB: 512, kernel: { source: 'stock' }, iommu: false, firmwareLog: false, parameters: {} },
    accelerator: 'tcg',
    clock: 'real',
    sampling: { boots: 2, cycles: 1, warmup: 0 },
    timeouts: { bootMs: 120_000, plugMs: 30_000, unplugMs: 30_000 },
    deadlines: {},
    expected: {},
    started: [],
    bootPlugs: [],
    steps: [
      { operation: 'plug', ...disk, sequence: 1 },
      { operation: 'unplug', ...disk, sequence: 2 },
    ],
    ...over,
  };
}
