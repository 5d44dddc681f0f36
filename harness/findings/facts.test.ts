import { describe, expect, test } from 'vitest';
import { ownerName } from '../guest/slot-owner.ts';
import { type BootFacts, bootFacts } from './boot-facts.ts';
import { RECORDED, recordedBoot } from './facts.fixture.ts';
import { type TopologyFacts, topologyFacts } from './facts.ts';

function boot(topology: string, over: Partial<BootFacts> = {}): BootFacts {
  const { header, events } = recordedBoot(topology);
  return { ...bootFacts(header, events), ...over };
}

function factsOf(...boots: readonly BootFacts[]): TopologyFacts {
  const variants = RECORDED.filter(({ name }) => name === boots[0]?.variant);
  const [facts] = topologyFacts(variants, boots);
  if (!facts) throw new Error('no facts');
  return facts;
}

describe('real boots', () => {
  test.each([
    ['shpc-bridge', 'shpchp', 31, 31],
    ['acpi-bridge', 'acpiphp', 32, 32],
    ['pcie-root-port', 'pciehp', 2, 1],
    ['acpi-root-port', 'acpiphp', 2, 1],
  ])('%s: %s has %d slots, %d on each bus', (topology, controller, slots, perBus) => {
    const { slots: found } = factsOf(boot(topology));
    expect(found?.offered).toHaveLength(slots);
    expect(new Set(found?.offered.map(({ owner }) => ownerName(owner)))).toEqual(new Set([controller]));
    expect(new Set(found?.perBus.values())).toEqual(new Set([perBus]));
  });

  test.each(['shpc-bridge', 'acpi-bridge'])('%s: the devices share a group with each other and the bridge', (name) => {
    const { iommu } = factsOf(boot(name));
    const [first, second] = iommu?.devices ?? [];
    expect(first?.group).toBe(second?.group);
    expect(first?.sharedWith.map(({ place }) => place).toSorted()).toEqual(['02.0', '02.0/02.0']);
    expect(iommu?.besideKernelDriver.possible).toBe(false);
    expect(iommu?.twoUserspaceDrivers?.possible).toBe(false);
  });

  test.each(['pcie-root-port', 'acpi-root-port'])('%s: each device has a group of its own', (name) => {
    const { iommu } = factsOf(boot(name));
    expect(new Set(iommu?.devices.map(({ group }) => group)).size).toBe(2);
    expect(iommu?.devices.flatMap(({ sharedWith }) => sharedWith)).toEqual([]);
    expect(iommu?.besideKernelDriver).toEqual({ possible: true, why: '' });
    expect(iommu?.twoUserspaceDrivers).toEqual({ possible: true, why: '' });
  });

  test('say who is in the way', () => {
    const acpi = factsOf(boot('acpi-bridge')).iommu;
    expect(acpi?.besideKernelDriver.why).toBe('group 1 is not viable; kernel drivers in it: virtio-pci on 02.0/02.0');
    expect(acpi?.twoUserspaceDrivers?.why).toBe('group 1 has an owner already');
    // The hot-plug driver itself is bound to the bridge, and Linux 6.1 does not let it share a group with userspace.
    expect(factsOf(boot('shpc-bridge')).iommu?.twoUserspaceDrivers?.why).toBe(
      'group 1 is not viable; kernel drivers in it: shpchp on 02.0',
    );
  });
});

describe('slots', () => {
  test('that only the guest or only the topology knows are named', () => {
    expect(factsOf(boot('acpi-bridge')).notes).toEqual([]);
    expect(factsOf(boot('shpc-bridge')).notes).toEqual([]);
    const { slots = [] } = boot('pcie-root-port');
    const [first] = slots;
    if (!first) throw new Error('no slot');
    expect(factsOf(boot('pcie-root-port', { slots: [...slots, { ...first, place: '1f.0/00.0' }] })).notes).toEqual([
      'the guest has 3 slots, the topology promises 2; only in the guest: 1f.0/00.0',
    ]);
    expect(factsOf(boot('pcie-root-port', { slots: slots.slice(1) })).notes).toEqual([
      'the guest has 1 slot, the topology promises 2; not in the guest: 02.0/00.0',
    ]);
  });

  test('are not known when no guest listed them, and there may be none', () => {
    const { slots, ...silent } = boot('pcie-root-port');
    expect(factsOf(silent)).not.toHaveProperty('slots');
    expect(factsOf({ ...silent, slots: [] }).slots).toMatchObject({ offered: [], promised: 2 });
    expect(slots).toBeDefined();
  });
});

describe('several boots', () => {
  test('that agree say nothing more than one, whatever numbers the kernel gave the groups', () => {
    const first = boot('acpi-root-port');
    const renumbered = JSON.parse(JSON.stringify(first.inspections).replaceAll('"group":"', '"group":"1'));
    const facts = factsOf(first, { ...first, boot: 2, inspections: renumbered });
    expect(facts).toEqual({ ...factsOf(first), boots: 2 });
  });

  test('that do not agree are named, and the first is given', () => {
    const first = boot('acpi-root-port');
    const shared = JSON.parse(JSON.stringify(first.inspections).replaceAll('"group":"5"', '"group":"4"'));
    const second = { ...first, boot: 2, slots: first.slots?.slice(1) ?? [], inspections: shared };
    const facts = factsOf(first, second);
    expect(facts.notes).toEqual([
      'slots: boot 2 does not agree with boot 1, which is given here',
      'IOMMU groups: boot 2, cycle 1 does not agree with boot 1, cycle 1, which is given here',
    ]);
    expect({ ...facts, notes: [] }).toEqual({ ...factsOf(first), boots: 2 });
  });

  test('belong to their own variant and scenario', () => {
    const [acpi] = topologyFacts(
      RECORDED.filter(({ name }) => name === 'acpi-bridge'),
      [boot('shpc-bridge'), { ...boot('acpi-bridge'), scenario: 'another' }],
    );
    expect(acpi).toMatchObject({ variant: 'acpi-bridge', boots: 0, notes: [] });
  });
});

describe('an inspection that failed', () => {
  const [inspection] = boot('acpi-root-port').inspections;
  if (!inspection) throw new Error('the recording has no inspection');
  const failed = (over: object) => factsOf(boot('acpi-root-port', { inspections: [{ ...inspection, ...over }] }));

  test('leaves open what it could not find out, and says why', () => {
    const claims = [{ place: '02.0/00.0', outcome: 'failed', reason: 'binding vfio-pci: no such file' }];
    const facts = failed({ attempts: [{ places: ['02.0/00.0'], claims }] });
    expect(facts.iommu?.besideKernelDriver).toEqual({ possible: undefined, why: 'binding vfio-pci: no such file' });
    expect(facts.iommu?.twoUserspaceDrivers).toEqual({ possible: undefined, why: 'not answered' });
  });

  test('carries its problems into the notes', () => {
    const facts = failed({ functions: [], attempts: [], problems: ['the guest did not answer "inventory"'] });
    expect(facts.iommu?.devices).toEqual([
      { deviceId: 'virtio-blk', place: '02.0/00.0', sharedWith: [] },
      { deviceId: 'virtio-blk-2', place: '03.0/00.0', sharedWith: [] },
    ]);
    expect(facts.notes).toEqual(['boot 1, cycle 1: the guest did not answer "inventory"']);
  });
});

test('with one device there is nobody to share with', () => {
  const [inspection] = boot('acpi-root-port').inspections;
  if (!inspection) throw new Error('the recording has no inspection');
  const one = { ...inspection, plugged: inspection.plugged.slice(0, 1), attempts: inspection.attempts.slice(0, 1) };
  expect(factsOf(boot('acpi-root-port', { inspections: [one] })).iommu).not.toHaveProperty('twoUserspaceDrivers');
});
