import { drivers } from '../../drivers/index.ts';
import { isBefore, type MajorMinor } from '../qemu-release.ts';
import type { Topology } from './topology.ts';

/** Why a machine type cannot be used, and what can. */
export interface MachineTypeProblem {
  readonly wrong: string;
  readonly expected: string;
}

/**
 * The first QEMU, and the first machine type of it, whose q35 hands bridges and root ports to ACPI hot-plug. In QEMU 5.2 and
 * 6.0 q35 has no ACPI hot-plug at all; a newer QEMU turns it off in older machine types, so that they stay what they were
 * (hw/i386/pc.c, `pc_compat_6_0`: ICH9-LPC, acpi-pci-hotplug-with-bridge-support=off; read back from QEMU 7.2 and 11.1).
 */
const Q35_ACPI_HOTPLUG_SINCE: MajorMinor = [6, 1];

/** Machine types without the slots of any topology. The list is of QEMU 7.2 to 11.1; what is not in it is for QEMU to judge. */
const WITHOUT_SLOTS: readonly (readonly [RegExp, string])[] = [
  [/^virt(-|$)/, 'is a machine of Arm and RISC-V, which qemu-system-x86_64 does not have'],
  [/^(microvm|nitro|nitro-enclave)$/, 'has no PCI bus that a device could be plugged into'],
  [/^isapc$/, 'has no PCI bus'],
  [/^none$/, 'is a machine without processors and buses'],
  [/^x-remote$/, 'runs no guest'],
  [/^xen(fv|pv)/, 'is a machine that only Xen can run'],
];

const OF_CHIPSET = {
  q35: 'q35 or a type such as pc-q35-7.2',
  pc: 'pc or a type such as pc-i440fx-7.2',
} as const;

/** What keeps a machine of this type from being what the topology promises; judged by the type's name alone. */
export function machineTypeProblem(machine: string, topology: Topology): MachineTypeProblem | undefined {
  const expected = OF_CHIPSET[topology.machine];
  const [, withoutSlots] = WITHOUT_SLOTS.find(([type]) => type.test(machine)) ?? [];
  if (withoutSlots !== undefined) return { wrong: `the machine type "${machine}" ${withoutSlots}`, expected };
  const chipset = /q35/.test(machine) ? 'q35' : /^pc$|i440fx/.test(machine) ? 'pc' : undefined;
  if (chipset !== undefined && chipset !== topology.machine) {
    return { wrong: `"${machine}" is a machine type of another chipset than ${topology.name} has`, expected };
  }
  const version = /^pc-q35-(\d+)\.(\d+)/.exec(machine);
  if (!version || !needsQ35AcpiHotplug(topology)) return undefined;
  if (!isBefore([Number(version[1]), Number(version[2])], Q35_ACPI_HOTPLUG_SINCE)) return undefined;
  const since = Q35_ACPI_HOTPLUG_SINCE.join('.');
  return {
    wrong: `"${machine}" has no ACPI hot-plug for bridges and root ports, which ${topology.name} is about: q35 has it since machine type pc-q35-${since}`,
    expected: `pc-q35-${since} or newer, or a topology under native hot-plug`,
  };
}

/** What keeps a QEMU of this version from being what the topology promises, whatever the machine type. */
export function qemuProblem(version: MajorMinor, topology: Topology): MachineTypeProblem | undefined {
  if (!needsQ35AcpiHotplug(topology) || !isBefore(version, Q35_ACPI_HOTPLUG_SINCE)) return undefined;
  const since = Q35_ACPI_HOTPLUG_SINCE.join('.');
  return {
    wrong: `QEMU ${version.join('.')} has no ACPI hot-plug for bridges and root ports, which ${topology.name} is about: q35 has it since QEMU ${since}`,
    expected: `QEMU ${since} or newer, or a topology under native hot-plug`,
  };
}

/** How long after a boot the empty slots of this topology may still be busy with themselves, in milliseconds. */
export function slotRestMs(version: MajorMinor | undefined, { controller }: Topology): number {
  const rest = drivers[controller].emptySlotsRest;
  return rest && version !== undefined && isBefore(version, rest.beforeQemu) ? rest.restMs : 0;
}

/** Whether the slots of a topology are ACPI's only because q35 hands them over. */
function needsQ35AcpiHotplug({ machine, controller }: Topology): boolean {
  return machine === 'q35' && drivers[controller].hotplug === 'acpi';
}

/**
 * q35 hands bridges and root ports to ACPI hot-plug by default (QEMU 6.1 and later). Off, _OSC grants the guest
 * SHPCHotplug and PCIeHotplug, and the native drivers own the slots. A QEMU before that has nothing else, nor a property
 * to say so, and does not start when it is set.
 */
export function nativeHotplug(qemu: MajorMinor | undefined): readonly string[] {
  if (qemu && isBefore(qemu, Q35_ACPI_HOTPLUG_SINCE)) return [];
  return ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'];
}
