import { z } from 'zod';
import { hexByte } from '../machine/topology/pci-address.ts';

/** A PCI function that QEMU has. */
export interface QemuFunction {
  /** The id it was made with; empty for one that the machine made itself. */
  readonly id: string;
  /** As in the guest: `device.function` from the root bus down, without bus numbers. */
  readonly place: string;
}

/** What is read of qapi/pci.json, PciInfo: a list of root buses, each with its devices, those with a bridge with theirs. */
const device = z.looseObject({
  slot: z.number(),
  function: z.number(),
  qdev_id: z.string().default(''),
  get pci_bridge() {
    return z.looseObject({ devices: z.array(device).default([]) }).optional();
  },
});
const answer = z.array(z.looseObject({ devices: z.array(device) }));

/** The functions in the answer to `query-pci`; undefined for an answer of another form. */
export function qemuFunctions(queryPci: unknown): readonly QemuFunction[] | undefined {
  const buses = answer.safeParse(queryPci);
  return buses.success ? buses.data.flatMap((bus) => functionsOf(bus.devices, '')) : undefined;
}

function functionsOf(devices: readonly z.infer<typeof device>[], above: string): readonly QemuFunction[] {
  return devices.flatMap((one) => {
    const place = `${above}${hexByte(one.slot)}.${one.function}`;
    return [{ id: one.qdev_id, place }, ...functionsOf(one.pci_bridge?.devices ?? [], `${place}/`)];
  });
}
