import { isBefore, type MajorMinor } from '../qemu-release.ts';
import { Q35_ACPI_HOTPLUG_SINCE } from './machine-type.ts';

/**
 * q35 hands bridges and root ports to ACPI hot-plug by default (QEMU 6.1 and later). Off, _OSC grants the guest
 * SHPCHotplug and PCIeHotplug, and the native drivers own the slots. A QEMU before that has nothing else, nor a property
 * to say so, and does not start when it is set.
 */
export function nativeHotplug(qemu: MajorMinor | undefined): readonly string[] {
  if (qemu && isBefore(qemu, Q35_ACPI_HOTPLUG_SINCE)) return [];
  return ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'];
}
