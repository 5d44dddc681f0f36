import { z } from 'zod';
import type { IommuFacts, Possibility, SlotFacts, TopologyFacts } from '../findings/facts.ts';
import { ownerName } from '../guest/slot-owner.ts';
import type { Result } from '../result.ts';
import { readStored, SCHEMA_VERSION, storedNumber, storedText, storedTexts, type Unreadable } from './stored-json.ts';

export const FACTS_FILE = 'facts.json';

/** `facts.json`: what the guests saw of their topologies. Null is not known or not asked for; places are PCI places. */
export function factsJson(runId: string, facts: readonly TopologyFacts[]) {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: runId,
    variants: facts.map(({ scenario, variant, topology, boots, slots, iommu, notes }) => ({
      scenario,
      variant,
      topology,
      n_boots: boots,
      ...slotsJson(slots),
      iommu: iommu ? iommuJson(iommu) : null,
      notes,
    })),
  };
}

function slotsJson(slots: SlotFacts | undefined) {
  return {
    slots_offered: slots?.offered.length ?? null,
    slots_promised: slots?.promised ?? null,
    slots_per_bus: Object.fromEntries(slots?.perBus ?? []),
    slots_not_offered: slots?.notOffered ?? [],
    slots_not_promised: slots?.notPromised ?? [],
    slot_controllers: Object.fromEntries((slots?.offered ?? []).map(({ place, owner }) => [place, ownerName(owner)])),
  };
}

function iommuJson({ devices, besideKernelDriver, twoUserspaceDrivers }: IommuFacts) {
  return {
    devices: devices.map(({ deviceId, place, group, sharedWith }) => ({
      device_id: deviceId,
      place,
      group: group === undefined ? null : Number(group),
      shared_with: sharedWith.map((other) => ({
        place: other.place,
        driver: other.driver === '-' ? null : other.driver,
        device_id: devices.find((device) => device.place === other.place)?.deviceId ?? null,
      })),
    })),
    userspace_beside_kernel_driver: possibilityJson(besideKernelDriver),
    two_userspace_drivers: twoUserspaceDrivers ? possibilityJson(twoUserspaceDrivers) : null,
  };
}

function possibilityJson({ possible, why }: Possibility) {
  return { possible: possible ?? null, why };
}

const possibility = z.object({ possible: z.boolean().nullable(), why: storedText });

const factsFile = z.object({
  variants: z.array(
    z.object({
      scenario: z.string(),
      variant: z.string(),
      slots_offered: storedNumber,
      slots_promised: storedNumber,
      slots_per_bus: z.record(z.string(), z.number()).default({}),
      slot_controllers: z.record(z.string(), z.string()).default({}),
      iommu: z
        .object({
          devices: z.array(
            z.object({
              device_id: z.string(),
              place: z.string(),
              group: storedNumber,
              shared_with: z.array(
                z.object({ place: z.string(), driver: z.string().nullable(), device_id: z.string().nullable() }),
              ),
            }),
          ),
          userspace_beside_kernel_driver: possibility,
          two_userspace_drivers: possibility.nullable(),
        })
        .nullish(),
      notes: storedTexts,
    }),
  ),
});
export type FactsFile = z.output<typeof factsFile>;

/** `facts.json` of a run directory. */
export function readFacts(directory: string): Result<FactsFile, Unreadable> {
  return readStored(directory, FACTS_FILE, factsFile);
}
