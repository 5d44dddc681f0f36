/**
 * q35 hands bridges and root ports to ACPI hot-plug by default (QEMU 6.1 and later). Off, _OSC grants the guest
 * SHPCHotplug and PCIeHotplug, and the native drivers own the slots.
 */
export const NATIVE_HOTPLUG = ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'] as const;
