import { topologies } from '../../harness/machine/topology/index.ts';

/** A machine's hot-plug slots as a tree, for a drawing. */
export interface TreePart {
  /** QEMU's machine type; empty for a topology that this version does not know. */
  readonly machine: string;
  /** Slots on the root bus itself. */
  readonly rootSlots: number;
  /** Bridges and root ports, in the order of their places. */
  readonly bridges: readonly BridgePart[];
}

interface BridgePart {
  /** `device.function` on the bus above. */
  readonly place: string;
  readonly slots: number;
}

/** The slots that a topology with these options says it has, by the bridge or port above them. */
export function pciTree(topologyName: string, options: Readonly<Record<string, unknown>>): TreePart {
  const topology = topologies.get(topologyName);
  const parsed = topology?.options.safeParse(options);
  if (!topology || !parsed?.success) return { machine: '', rootSlots: 0, bridges: [] };
  const places = topology.slots(parsed.data).map(({ place }) => place.split('/').slice(0, -1).join('/'));
  const above = new Map<string, number>();
  for (const place of places) above.set(place, (above.get(place) ?? 0) + 1);
  return {
    machine: topology.machine,
    rootSlots: above.get('') ?? 0,
    bridges: [...above].flatMap(([place, slots]) => (place === '' ? [] : [{ place, slots }])),
  };
}
