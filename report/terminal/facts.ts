import type { DeviceGroup, Possibility, SlotFacts, TopologyFacts } from '../../harness/findings/facts.ts';
import { ownerName } from '../../harness/guest/slot-owner.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'controller', align: 'left' },
  { heading: 'slots', align: 'right' },
  { heading: 'per bus', align: 'right' },
];

/** Only where a scenario asks for it. */
const IOMMU_COLUMNS: readonly Column[] = [
  { heading: 'IOMMU group of each device', align: 'left' },
  { heading: 'userspace + kernel', align: 'left' },
  { heading: '2 x userspace', align: 'left' },
];

/** What the guests saw of their topologies, as lines for a terminal: a table, then the reasons and notes behind it. */
export function factsLines(facts: readonly TopologyFacts[]): readonly string[] {
  const inspected = facts.some(({ iommu }) => iommu !== undefined);
  const rows = facts.map((fact) => [...slotCells(fact), ...(inspected ? iommuCells(fact) : [])]);
  return [
    'what each topology offers, as the guest sees it',
    '',
    ...textTable([...COLUMNS, ...(inspected ? IOMMU_COLUMNS : [])], rows),
    ...facts.flatMap((fact) => remarks(fact).map((remark) => `note: ${nameOf(fact)}: ${remark}`)),
  ];
}

function nameOf({ scenario, variant }: TopologyFacts): string {
  return `${scenario}/${variant}`;
}

function slotCells(fact: TopologyFacts): readonly string[] {
  const { slots } = fact;
  if (!slots) return [nameOf(fact), '-', '-', '-'];
  return [nameOf(fact), controllers(slots), String(slots.offered.length), range([...slots.perBus.values()])];
}

function controllers({ offered }: SlotFacts): string {
  return [...new Set(offered.map(({ owner }) => ownerName(owner)))].join(', ') || 'none';
}

function range(counts: readonly number[]): string {
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  if (counts.length === 0) return '-';
  return least === most ? String(most) : `${least} to ${most}`;
}

function iommuCells({ iommu }: TopologyFacts): readonly string[] {
  if (!iommu) return ['-', '-', '-'];
  return [iommu.devices.map(groupText).join(', '), yesNo(iommu.besideKernelDriver), yesNo(iommu.twoUserspaceDrivers)];
}

function groupText({ deviceId, group }: DeviceGroup): string {
  return `${deviceId}: ${group ?? 'none'}`;
}

function yesNo(possibility: Possibility | undefined): string {
  if (!possibility) return '-';
  return possibility.possible === undefined ? 'not known' : possibility.possible ? 'yes' : 'no';
}

function remarks({ iommu, notes }: TopologyFacts): readonly string[] {
  const because = (what: string, possibility: Possibility | undefined) =>
    possibility && possibility.possible !== true ? [`${what}: ${yesNo(possibility)}, ${possibility.why}`] : [];
  return [
    ...because('one device to userspace, the rest to kernel drivers', iommu?.besideKernelDriver),
    ...because('two devices to two userspace drivers', iommu?.twoUserspaceDrivers),
    ...notes,
  ];
}
