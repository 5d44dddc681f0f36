/** A switch in the guest kernel that makes it say what it does in the kernel log. */
export interface LogSwitch {
  readonly file: string;
  readonly value: string;
}

/** Turns on the pr_debug() and dev_dbg() messages of source files; needs CONFIG_DYNAMIC_DEBUG. */
function debugMessages(files: string): LogSwitch {
  return { file: '/proc/dynamic_debug/control', value: `file ${files} +p` };
}

/**
 * The state machines of all hot-plug drivers: ctrl_dbg() of pciehp, pr_debug() of acpiphp, and, from Linux 7.2 on, ctrl_dbg()
 * of shpchp.
 */
export const HOTPLUG_MESSAGES = debugMessages('drivers/pci/hotplug/*');

/** What makes drivers/base say when a driver is tried (dd.c), and when a device joins and leaves its bus (bus.c). */
export const DRIVER_CORE_MESSAGES: readonly LogSwitch[] = [
  debugMessages('drivers/base/dd.c'),
  debugMessages('drivers/base/bus.c'),
];

/**
 * What drivers/base says of PCI devices. In Linux 5.10 and 6.1 dd.c names the device in the sentence (pr_debug()); in 6.12 and
 * 7.2 driver and device stand in front of it (dev_dbg()). The lines of bus.c are the same in all four.
 */
const SUBJECT = /(?:\S+ \S+: )?/.source;

/** really_probe(): a driver is tried. */
export const PCI_PROBING = new RegExp(`^${SUBJECT}bus: 'pci': really_probe: probing driver`);
/** really_probe(): the driver has taken the device. */
export const PCI_BOUND = new RegExp(`^${SUBJECT}bus: 'pci': really_probe: bound device`);
/** bus_remove_device(): the device has left the bus. */
export const PCI_REMOVED = /^bus: 'pci': remove device/;
/** drivers/pci/probe.c pci_setup_device(): a scan has found a device. */
export const PCI_FOUND = /^pci \S+: \[/;

/** A line that matches any of the patterns. */
export function either(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}
