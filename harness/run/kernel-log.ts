import type { Session } from './session.ts';

/** A switch in the guest kernel that makes a driver say what it does in the kernel log. */
interface LogSwitch {
  readonly file: string;
  readonly value: string;
}

/**
 * What is switched on, after the boot has been measured, so that phases have edges. The lines go to the log's buffer
 * only, not to the console, and cost some ten microseconds each under TCG. A kernel without a switch (no
 * CONFIG_DYNAMIC_DEBUG, no SHPC) rejects it, and the phases that need it end up as `unattributed`.
 */
const SWITCHES: readonly LogSwitch[] = [
  // What the agent writes to the log, the ties of its clock, is let through ten times in five seconds only and then dropped
  // in silence (printk.c, devkmsg_write()). The newline belongs to the word.
  { file: '/proc/sys/kernel/printk_devkmsg', value: 'on\n' },
  // ctrl_dbg() of pciehp and pr_debug() of acpiphp: the steps of the hot-plug state machines.
  { file: '/proc/dynamic_debug/control', value: 'file drivers/pci/hotplug/* +p' },
  // really_probe() and bus_add_device(): when a driver is tried, when a device joins and leaves its bus.
  { file: '/proc/dynamic_debug/control', value: 'file drivers/base/dd.c +p' },
  { file: '/proc/dynamic_debug/control', value: 'file drivers/base/bus.c +p' },
  // shpchp has a switch of its own (shpchp.h, ctrl_dbg), until 7.2, where its messages are the ones of the directory above.
  { file: '/sys/module/shpchp/parameters/shpchp_debug', value: '1' },
];

/** Switches the guest's hot-plug messages on. Never in a measured stretch. */
export async function openKernelLog(session: Session): Promise<void> {
  for (const { file, value } of SWITCHES) await session.ask('set', { file, value });
}
