import type { Variant } from './variant.ts';

/** A complete variant for tests: an SHPC bridge with one disk plugged and unplugged, changed by `over`. */
export function testVariant(over: Partial<Variant> = {}): Variant {
  return {
    scenario: 'test',
    name: 'shpc',
    topology: 'shpc-bridge',
    topologyOptions: {},
    guest: { cpus: 2, memoryMiB: 512, kernel: { source: 'stock' }, iommu: false, parameters: {} },
    accelerator: 'tcg',
    sampling: { boots: 2, cycles: 1, warmup: 0 },
    timeouts: { bootMs: 120_000, plugMs: 30_000, unplugMs: 30_000 },
    deadlines: {},
    steps: [
      { operation: 'plug', deviceId: 'disk', device: 'virtio-blk', options: { backend: 'null-co' }, slot: 0 },
      { operation: 'unplug', deviceId: 'disk', device: 'virtio-blk' },
    ],
    ...over,
  };
}
