import type { GuestImage } from '../guest/prepare-guest.ts';
import { devices } from '../machine/device/index.ts';
import type { MajorMinor } from '../machine/qemu-release.ts';
import { topologyOf } from '../machine/topology/index.ts';
import type { MachinePart } from '../machine/topology/topology.ts';
import type { AcceleratorDecision } from '../qemu/accelerator.ts';
import type { MachineSpec } from '../qemu/command-line.ts';
import type { DeviceFromStart } from '../qemu/device-arguments.ts';
import { groupBy } from '../statistics/groups.ts';
import type { DeviceInSlot, Variant } from '../variant.ts';
import type { FirmwareImage } from '../versions/debian-ovmf.ts';
import type { FetchedPackage } from '../versions/suites.ts';

/** A variant with everything decided that a boot needs. */
export interface ReadyVariant {
  readonly variant: Variant;
  /** Path of its QEMU binary. */
  readonly qemu: string;
  /** First line of its `--version`, for a binary that the variant names itself: the usual one's is the host's. */
  readonly qemuVersion?: string;
  /** What its `--version` says it is; absent where that cannot be read. */
  readonly qemuRelease?: MajorMinor;
  /** SHA-256 of the binary, hexadecimal; absent where it cannot be read. */
  readonly qemuSha256?: string;
  /** The package that it is from, for a QEMU of a suite of Debian's. */
  readonly qemuPackage?: FetchedPackage;
  /** The firmware, where it is not QEMU's own. */
  readonly firmware?: FirmwareImage;
  readonly guest: GuestImage;
  readonly accelerator: AcceleratorDecision;
  /** Parts of the machine that this host can give. */
  readonly parts: readonly MachinePart[];
  /** Parts that it cannot, each with what is missing: the machine is without them. */
  readonly leftOut: readonly string[];
  /** Whether a process beside QEMU has to see the guest's memory, for a device that is plugged. */
  readonly sharesMemory: boolean;
}

/** The machine of a variant, as QEMU's command line is made from it. */
export function machineSpec({
  variant,
  guest,
  accelerator,
  parts,
  sharesMemory,
  qemuRelease,
  firmware,
}: Omit<ReadyVariant, 'leftOut' | 'qemu' | 'qemuVersion' | 'qemuSha256' | 'qemuPackage'>): MachineSpec {
  const started = startedDevices(variant);
  return {
    topology: topologyOf(variant.topology),
    topologyOptions: variant.topologyOptions,
    ...(variant.machine !== undefined && { machine: variant.machine }),
    ...(variant.qemuArguments && { ownArguments: variant.qemuArguments }),
    ...(firmware && { firmware: firmware.file }),
    guest: variant.guest,
    files: guest,
    accelerator: accelerator.used,
    clock: variant.clock,
    parts,
    ...(started.length > 0 && { started }),
    sharesMemory,
    ...(qemuRelease && { qemuRelease }),
  };
}

/** What of its devices a variant has from the start, each in its slot. */
function startedDevices(variant: Variant): readonly DeviceFromStart[] {
  return inSlots(variant, variant.started);
}

/** Those that the agent has a list of: it is not told of them by who plugs them. */
export function listedDevices(variant: Variant): readonly DeviceFromStart[] {
  return inSlots(variant, [...variant.started, ...variant.bootPlugs.filter(({ atReady }) => atReady)]);
}

function inSlots({ topology, topologyOptions }: Variant, found: readonly DeviceInSlot[]): readonly DeviceFromStart[] {
  const slots = topologyOf(topology).slots(topologyOptions);
  return found.map(({ device: name, slot: index, ...one }) => {
    const device = devices.get(name);
    const slot = slots[index];
    if (!device || !slot) throw new Error(`an unchecked scenario came here: ${one.deviceId}`);
    return { deviceId: one.deviceId, options: one.options, device, slot };
  });
}

/** A variant that a run was to have and goes on without, since its version of QEMU or the kernel cannot be had. */
export interface UnavailableVariant {
  readonly scenario: string;
  readonly variant: string;
  /** What happened, and what to do. */
  readonly reason: string;
}

/** For a person: each reason once, with the variants that it keeps away. */
export function unavailableLines(unavailable: readonly UnavailableVariant[]): readonly string[] {
  const byReason = groupBy(unavailable, ({ reason }) => reason);
  return [...byReason].map(([reason, variants]) => {
    const names = variants.map(({ scenario, variant }) => `${scenario}/${variant}`).join(', ');
    return `left out: ${names}: ${reason}`;
  });
}
