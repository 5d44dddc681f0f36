import { commandUntil } from './command.ts';
import { deviceReady } from './device-ready.ts';
import { anyOf, backendDeleted, joined, kernel, type PhaseTable, served } from './phase-table.ts';

const heard = commandUntil(
  kernel(/pciehp: (pending interrupts|Slot\([^)]*\): Attention button pressed)/),
  'the interrupt of the port: pciehp_hpc.c pciehp_isr()',
);

/** Both are said of a slot that takes a device in; the first of them counts. */
const present = kernel(/pciehp: Slot\([^)]*\): (Card present|Link Up)/);
const poweringOn = kernel(/pciehp: Slot\([^)]*\):? (Powering on due to button press|Button press: will power on)/);
const poweringOff = kernel(/pciehp: Slot\([^)]*\):? (Powering off due to button press|Button press: will power off)/);

const linkUp = kernel(/pciehp_check_link_status: lnk_status/);

/**
 * Linux drivers/pci/hotplug/pciehp_*.c, messages of ctrl_dbg() and ctrl_info(). Between 6.1 and 6.12 the two lines on a button
 * press became one, "Button press: will power off in 5 sec"; the others are the same in 5.10, 6.1, 6.12 and 7.2.
 */
export const pciehp: Readonly<Record<'plug' | 'unplug', PhaseTable>> = {
  plug: [
    ...heard,
    {
      name: 'button-event',
      kind: 'guest',
      end: poweringOn,
      required: false,
      source: 'pciehp_ctrl.c pciehp_handle_button_press()',
    },
    {
      name: 'button-wait',
      kind: 'fixed-wait',
      begin: poweringOn,
      end: present,
      // A thread that hears of presence first says nothing of the button.
      required: false,
      source:
        'pciehp_handle_button_press(): 5 s, cancelled by pciehp_handle_presence_or_link_change(), PCIe 6.0 §6.7.1.5',
    },
    {
      name: 'power-on',
      kind: 'guest',
      begin: present,
      // Blinking power indicator, the last command of board_added() before it waits for the link.
      end: kernel(/pciehp_set_indicators: SLOTCTRL \w+ write cmd 200/),
      required: true,
      source: 'board_added(): pciehp_power_on_slot()',
    },
    {
      name: 'link-wait',
      kind: 'fixed-wait',
      end: anyOf(linkUp, joined),
      required: true,
      source: 'pciehp_check_link_status(): pcie_wait_for_link() sleeps 20 ms, then 100 ms as PCIe 6.0 §6.6.1 asks',
    },
    {
      name: 'queue-wait',
      kind: 'guest',
      begin: joined,
      end: linkUp,
      required: false,
      source:
        'a CPU for the real-time thread of the port, then pci_lock_rescan_remove(); other ports have them (queue.ts)',
    },
    ...deviceReady,
  ],
  unplug: [
    ...heard,
    {
      name: 'button-event',
      kind: 'guest',
      end: poweringOff,
      required: true,
      source: 'pciehp_ctrl.c pciehp_handle_button_press()',
    },
    {
      name: 'button-wait',
      kind: 'fixed-wait',
      end: kernel(/pciehp_get_power_status:|pciehp_unconfigure_device:/),
      required: true,
      source: 'pciehp_handle_button_press(): 5 s in which an operator may cancel, PCIe 6.0 §6.7.1.5',
    },
    {
      name: 'queue-wait',
      kind: 'guest',
      end: served,
      required: false,
      source: 'pciehp_unconfigure_device(): pci_lock_rescan_remove(), which the work for other ports holds',
    },
    {
      name: 'driver-removal',
      kind: 'guest',
      end: kernel(/pciehp_power_off_slot:/),
      required: true,
      source: 'pciehp_pci.c pciehp_unconfigure_device()',
    },
    {
      name: 'settle-wait',
      kind: 'fixed-wait',
      // The line follows the write upon which QEMU takes the device apart, and may come after QEMU's word of that.
      end: anyOf(kernel(/pciehp_set_indicators:/), backendDeleted),
      required: true,
      source: 'remove_board(): 1 s after power off before any other action on the slot, PCIe 6.0 §6.7.1.8',
    },
    {
      name: 'qemu-deletion',
      kind: 'host',
      end: 'operation-end',
      required: true,
      source: 'QEMU unplugs when power and power indicator are off, and frees after an RCU grace period (util/rcu.c)',
    },
  ],
};
