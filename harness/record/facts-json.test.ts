import { expect, test } from 'vitest';
import { bootFacts } from '../findings/boot-facts.ts';
import { RECORDED, recordedBoot } from '../findings/facts.fixture.ts';
import { topologyFacts } from '../findings/facts.ts';
import { factsJson } from './facts-json.ts';

const boots = RECORDED.map(({ topology }) => recordedBoot(topology)).map(({ header, events }) =>
  bootFacts(header, events),
);

test('facts.json has every variant, with null and empty where nothing is known', () => {
  const native = RECORDED.filter(({ name }) => name === 'pcie-root-port');
  const json = factsJson('run-1', [...topologyFacts(native, boots), ...topologyFacts(native, [])]);
  const common = { scenario: 'iommu-groups', variant: 'pcie-root-port', topology: 'pcie-root-port' };
  const yes = { possible: true, why: '' };
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    schema_version: 1,
    run_id: 'run-1',
    variants: [
      {
        ...common,
        n_boots: 1,
        slots_offered: 2,
        slots_promised: 2,
        slots_per_bus: { '02.0': 1, '03.0': 1 },
        slots_not_offered: [],
        slots_not_promised: [],
        slot_controllers: { '02.0/00.0': 'pciehp', '03.0/00.0': 'pciehp' },
        iommu: {
          devices: [
            { device_id: 'virtio-blk', place: '02.0/00.0', group: 4, shared_with: [] },
            { device_id: 'virtio-blk-2', place: '03.0/00.0', group: 5, shared_with: [] },
          ],
          userspace_beside_kernel_driver: yes,
          two_userspace_drivers: yes,
        },
        notes: [],
      },
      {
        ...common,
        n_boots: 0,
        slots_offered: null,
        slots_promised: null,
        slots_per_bus: {},
        slots_not_offered: [],
        slots_not_promised: [],
        slot_controllers: {},
        iommu: null,
        notes: [],
      },
    ],
  });
});

test('a shared group names the others in it, with their drivers and the ids they were plugged with', () => {
  const shpc = RECORDED.filter(({ name }) => name === 'shpc-bridge');
  const [variant] = factsJson('run-1', topologyFacts(shpc, boots)).variants;
  expect(variant?.iommu?.devices[0]?.shared_with).toEqual([
    { place: '02.0/02.0', driver: 'virtio-pci', device_id: 'virtio-blk-2' },
    { place: '02.0', driver: 'shpchp', device_id: null },
  ]);
});
