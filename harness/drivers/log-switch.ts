/** A switch in the guest kernel that makes it say what it does in the kernel log. */
export interface LogSwitch {
  readonly file: string;
  readonly value: string;
}

/** Turns on the pr_debug() and dev_dbg() messages of source files; needs CONFIG_DYNAMIC_DEBUG. */
export function debugMessages(files: string): LogSwitch {
  return { file: '/proc/dynamic_debug/control', value: `file ${files} +p` };
}

/**
 * The state machines of all hot-plug drivers: ctrl_dbg() of pciehp, pr_debug() of acpiphp, and, from Linux 7.2 on, ctrl_dbg()
 * of shpchp.
 */
export const HOTPLUG_MESSAGES = debugMessages('drivers/pci/hotplug/*');
