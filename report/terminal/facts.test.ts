import { expect, test } from 'vitest';
import { bootFacts } from '../../harness/findings/boot-facts.ts';
import { RECORDED, recordedBoot } from '../../harness/findings/facts.fixture.ts';
import { topologyFacts } from '../../harness/findings/facts.ts';
import { factsLines } from './facts.ts';

const boots = RECORDED.map(({ topology }) => recordedBoot(topology)).map(({ header, events }) =>
  bootFacts(header, events),
);

test('the table answers who drives the slots, how many there are, and who shares a group; the lines below say why', () => {
  expect(factsLines(topologyFacts(RECORDED, boots)).join('\n')).toBe(
    [
      'what each topology offers, as the guest sees it',
      '',
      'variant                      controller  slots  per bus  IOMMU group of each device      userspace + kernel  2 x userspace',
      '---------------------------  ----------  -----  -------  ------------------------------  ------------------  -------------',
      'iommu-groups/shpc-bridge     shpchp         31       31  virtio-blk: 1, virtio-blk-2: 1  no                  no',
      'iommu-groups/acpi-bridge     acpiphp        32       32  virtio-blk: 1, virtio-blk-2: 1  no                  no',
      'iommu-groups/pcie-root-port  pciehp          2        1  virtio-blk: 4, virtio-blk-2: 5  yes                 yes',
      'iommu-groups/acpi-root-port  acpiphp         2        1  virtio-blk: 4, virtio-blk-2: 5  yes                 yes',
      'note: iommu-groups/shpc-bridge: one device to userspace, the rest to kernel drivers: no, group 1 is not viable; kernel drivers in it: virtio-pci on 02.0/02.0, shpchp on 02.0',
      'note: iommu-groups/shpc-bridge: two devices to two userspace drivers: no, group 1 is not viable; kernel drivers in it: shpchp on 02.0',
      'note: iommu-groups/acpi-bridge: one device to userspace, the rest to kernel drivers: no, group 1 is not viable; kernel drivers in it: virtio-pci on 02.0/02.0',
      'note: iommu-groups/acpi-bridge: two devices to two userspace drivers: no, group 1 has an owner already',
    ].join('\n'),
  );
});

test('where nothing was inspected there are no columns for it, and what is not known is a dash', () => {
  const seen = boots.map((boot) => ({ ...boot, inspections: [] })).filter(({ variant }) => variant !== 'acpi-bridge');
  expect(factsLines(topologyFacts(RECORDED.slice(0, 2), seen)).slice(2)).toEqual([
    'variant                   controller  slots  per bus',
    '------------------------  ----------  -----  -------',
    'iommu-groups/shpc-bridge  shpchp         31       31',
    'iommu-groups/acpi-bridge  -               -        -',
  ]);
});
