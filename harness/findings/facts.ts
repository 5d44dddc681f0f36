import type { GuestFunction, GuestSlot } from '../guest/pci-answers.ts';
import { ownerName } from '../guest/slot-owner.ts';
import { topologyOf } from '../machine/topology/index.ts';
import { count } from '../words.ts';
import type { Attempt, BootFacts, Inspection } from './boot-facts.ts';

/** The variant that facts are about: the same names as in a scenario. */
export interface VariantOfFacts {
  readonly scenario: string;
  readonly name: string;
  readonly topology: string;
  readonly topologyOptions: Readonly<Record<string, unknown>>;
}

/** What a topology offers and allows, as the guests of one variant saw it. */
export interface TopologyFacts {
  readonly scenario: string;
  readonly variant: string;
  readonly topology: string;
  /** Boots that were read. */
  readonly boots: number;
  /** Absent when no guest listed its slots. */
  readonly slots?: SlotFacts;
  /** Absent when no guest was inspected. */
  readonly iommu?: IommuFacts;
  /** What else there is to know about these facts: differences between boots or with the topology, failed questions. */
  readonly notes: readonly string[];
}

export interface SlotFacts {
  /** As the guest's kernel has registered them, by place, without those in which the machine's own devices sit. */
  readonly offered: readonly GuestSlot[];
  /** Number of slots that the topology says it has. */
  readonly promised: number;
  /** Slots on each bus, by the place of the bridge or port above it, or `root`. */
  readonly perBus: ReadonlyMap<string, number>;
  /** Places that only one of the two knows. */
  readonly notOffered: readonly string[];
  readonly notPromised: readonly string[];
}

export interface IommuFacts {
  readonly devices: readonly DeviceGroup[];
  /** Whether the first device can have a userspace driver while all others keep their kernel drivers. */
  readonly besideKernelDriver: Possibility;
  /** Whether the first two devices can have two different userspace drivers; absent with one device. */
  readonly twoUserspaceDrivers?: Possibility;
}

export interface DeviceGroup {
  readonly deviceId: string;
  readonly place: string;
  /** Number of its IOMMU group; absent when the guest gave it none. */
  readonly group?: string;
  /** The other functions in it. */
  readonly sharedWith: readonly GuestFunction[];
}

/** Undecided when something else than the group was in the way. */
export interface Possibility {
  readonly possible: boolean | undefined;
  readonly why: string;
}

/** The facts of every variant. Where boots do not agree, the first one that knows is given, and a note says so. */
export function topologyFacts(
  variants: readonly VariantOfFacts[],
  boots: readonly BootFacts[],
): readonly TopologyFacts[] {
  return variants.map((variant) => {
    const own = boots.filter((boot) => boot.scenario === variant.scenario && boot.variant === variant.name);
    const slots = own.flatMap((boot) =>
      boot.slots ? [{ where: `boot ${boot.boot}`, fact: slotFacts(variant, boot.slots) }] : [],
    );
    const iommu = own.flatMap((boot) =>
      boot.inspections.map((inspection) => ({
        where: `boot ${boot.boot}, cycle ${inspection.cycle}`,
        fact: iommuFacts(inspection),
        problems: inspection.problems,
      })),
    );
    return {
      scenario: variant.scenario,
      variant: variant.name,
      topology: variant.topology,
      boots: own.length,
      ...(slots[0] && { slots: slots[0].fact }),
      ...(iommu[0] && { iommu: iommu[0].fact }),
      notes: [
        ...slots.slice(0, 1).flatMap(({ fact }) => [...promiseNotes(fact), ...ownerNotes(fact)]),
        ...disagreements('slots', slots, ({ offered }) =>
          offered.map(({ name, place, owner }) => [name, place, ownerName(owner)]),
        ),
        ...disagreements('IOMMU groups', iommu, comparable),
        ...iommu.flatMap(({ where, problems }) => problems.map((problem) => `${where}: ${problem}`)),
      ],
    };
  });
}

function slotFacts({ topology: name, topologyOptions }: VariantOfFacts, listed: readonly GuestSlot[]): SlotFacts {
  const topology = topologyOf(name);
  const open = topology.slots(topologyOptions).filter(({ isClosed }) => !isClosed);
  const promised = open.map(({ place }) => place);
  const occupied = new Set(topology.occupied?.(topologyOptions));
  const offered = listed.filter(({ place }) => !occupied.has(place));
  const places = offered.map(({ place }) => place);
  const perBus = new Map<string, number>();
  for (const place of places) {
    const above = place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : 'root';
    perBus.set(above, (perBus.get(above) ?? 0) + 1);
  }
  return {
    offered,
    promised: promised.length,
    perBus,
    notOffered: promised.filter((place) => !places.includes(place)),
    notPromised: places.filter((place) => !promised.includes(place)),
  };
}

function promiseNotes({ offered, promised, notOffered, notPromised }: SlotFacts): readonly string[] {
  if (notOffered.length + notPromised.length === 0) return [];
  const differences = [
    ...(notOffered.length > 0 ? [`not in the guest: ${notOffered.join(', ')}`] : []),
    ...(notPromised.length > 0 ? [`only in the guest: ${notPromised.join(', ')}`] : []),
  ];
  return [
    `the guest has ${count(offered.length, 'slot')}, the topology promises ${promised}; ${differences.join('; ')}`,
  ];
}

/** Of slots without an owner that can be named, one tells for all what was looked for. */
function ownerNotes({ offered }: SlotFacts): readonly string[] {
  const doubtful = offered.flatMap(({ place, owner }) => (owner.known ? [] : [{ place, problem: owner.problem }]));
  const [first] = doubtful;
  if (!first) return [];
  const howMany = `${doubtful.length} of ${count(offered.length, 'slot')} ${doubtful.length === 1 ? 'has' : 'have'}`;
  return [`${howMany} no known owner: ${first.place} ${first.problem}`];
}

function iommuFacts({ plugged, functions, attempts }: Inspection): IommuFacts {
  const devices = plugged.map(({ deviceId, place }) => {
    const group = functions.find((one) => one.place === place)?.group ?? '-';
    if (group === '-') return { deviceId, place, sharedWith: [] };
    return { deviceId, place, group, sharedWith: functions.filter((f) => f.group === group && f.place !== place) };
  });
  const alone = attempts.find(({ places }) => places.length === 1);
  const together = attempts.find(({ places }) => places.length > 1);
  return {
    devices,
    besideKernelDriver: possibility(alone, functions),
    ...(plugged.length > 1 && { twoUserspaceDrivers: possibility(together, functions) }),
  };
}

/** Whether everything in the attempt was claimed; if not, the first that was not says why. */
function possibility(attempt: Attempt | undefined, functions: readonly GuestFunction[]): Possibility {
  const refused = attempt?.claims.find(({ outcome }) => outcome !== 'claimed');
  if (!attempt || attempt.claims.length < attempt.places.length) return { possible: undefined, why: 'not answered' };
  if (!refused) return { possible: true, why: '' };
  const group = functions.find(({ place }) => place === refused.place)?.group;
  switch (refused.outcome) {
    case 'claimed':
    case 'failed':
      return { possible: undefined, why: refused.reason };
    case 'group-taken':
      return { possible: false, why: `group ${group} has an owner already` };
    case 'not-viable': {
      const kernelHas = functions.filter(
        (one) => one.group === group && one.driver !== '-' && !attempt.places.includes(one.place),
      );
      const drivers = kernelHas.map(({ place, driver }) => `${driver} on ${place}`);
      const inIt = drivers.length > 0 ? `; kernel drivers in it: ${drivers.join(', ')}` : '';
      return { possible: false, why: `group ${group} is not viable${inIt}` };
    }
  }
}

/** Group numbers are the kernel's own choice and may differ from boot to boot; who shares a group must not. */
function comparable({ devices, besideKernelDriver, twoUserspaceDrivers }: IommuFacts): unknown {
  return [
    devices.map(({ deviceId, group, sharedWith }) => [
      deviceId,
      group !== undefined,
      sharedWith.map(({ place, driver }) => [place, driver]),
    ]),
    besideKernelDriver.possible ?? null,
    twoUserspaceDrivers?.possible ?? null,
  ];
}

function disagreements<Fact>(
  what: string,
  found: readonly { readonly where: string; readonly fact: Fact }[],
  view: (fact: Fact) => unknown,
): readonly string[] {
  const [first, ...others] = found;
  if (!first) return [];
  const expected = JSON.stringify(view(first.fact));
  const different = others.filter(({ fact }) => JSON.stringify(view(fact)) !== expected);
  return different.map(({ where }) => `${what}: ${where} does not agree with ${first.where}, which is given here`);
}
