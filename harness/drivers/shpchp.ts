import { commandUntil } from './command.ts';
import { deviceReady } from './device-ready.ts';
import {
  anyOf,
  backendDeleted,
  type Edge,
  joined,
  kernel,
  type PhaseRow,
  type PhaseTable,
  served,
} from './phase-table.ts';

const heard = commandUntil(
  kernel(/shpc_isr: intr_loc/),
  'the interrupt of the hot-plug controller: shpchp_hpc.c shpc_isr()',
);

/** The first lines under the controller's lock that name their slot. */
const enabling = kernel(/board_added: p_slot->device/);
/**
 * shpchp_hpc.c SET_SLOT_ENABLE | SET_PWR_BLINK | SET_ATTN_OFF. Before it, 0x01 only powers the slot for a look at its speed, and
 * 0x30 at the press of the button only turns an indicator off.
 */
const enabled = kernel(/shpc_write_cmd: t_slot [0-9a-f]+ cmd 3a$/);
const disabling = kernel(/shpchp_unconfigure_device:/);

/** Where slots of one controller stand in line for it (queue.ts). */
function lockWait(admitted: Edge): PhaseRow {
  return {
    name: 'queue-wait',
    kind: 'guest',
    begin: joined,
    end: admitted,
    required: false,
    source: "shpchp_ctrl.c: the controller's crit_sect, which another slot's work holds until its power has settled",
  };
}

/**
 * Linux drivers/pci/hotplug/shpchp_*.c, messages of ctrl_dbg() and ctrl_info(); the same in 5.10, 6.1, 6.12 and 7.2.
 */
export const shpchp: Readonly<Record<'plug' | 'unplug', PhaseTable>> = {
  plug: [
    ...heard,
    {
      name: 'button-event',
      kind: 'guest',
      end: kernel(/powering on due to button press/),
      required: true,
      source: 'shpchp_ctrl.c shpchp_handle_attention_button() to handle_button_press_event()',
    },
    {
      name: 'button-wait',
      kind: 'fixed-wait',
      end: anyOf(enabling, joined),
      required: true,
      source: 'handle_button_press_event(): 5 s in which an operator may cancel, PCI SHPC 1.0 §2.2.1.3',
    },
    lockWait(enabling),
    {
      name: 'power-on',
      kind: 'guest',
      begin: enabling,
      end: enabled,
      required: true,
      source: 'board_added(): power for a look at the adapter, bus speed, slot enable',
    },
    {
      name: 'settle-wait',
      kind: 'fixed-wait',
      begin: enabled,
      end: kernel(/board_added: slot status/),
      required: true,
      source: 'board_added(): "Wait for ~1 second" after power on',
    },
    ...deviceReady,
  ],
  unplug: [
    ...heard,
    {
      name: 'button-event',
      kind: 'guest',
      end: kernel(/powering off due to button press/),
      required: true,
      source: 'shpchp_ctrl.c handle_button_press_event()',
    },
    {
      name: 'button-wait',
      kind: 'fixed-wait',
      end: anyOf(disabling, joined),
      required: true,
      source: 'handle_button_press_event(): 5 s in which an operator may cancel, PCI SHPC 1.0 §2.2.1.3',
    },
    lockWait(disabling),
    {
      name: 'queue-wait',
      kind: 'guest',
      end: served,
      required: false,
      source: 'shpchp_unconfigure_device(): pci_lock_rescan_remove(), which the work for other controllers holds',
    },
    {
      name: 'driver-removal',
      kind: 'guest',
      end: kernel(/remove_board: hp_slot/),
      required: true,
      source: 'shpchp_pci.c shpchp_unconfigure_device()',
    },
    {
      name: 'power-off',
      kind: 'guest',
      end: anyOf(kernel(/Latch open on Slot/), backendDeleted),
      required: true,
      source: 'remove_board(): slot disable command, upon which QEMU opens the latch and takes the device apart',
    },
    {
      name: 'qemu-deletion',
      kind: 'host',
      end: 'operation-end',
      required: true,
      source:
        'QEMU frees the device after an RCU grace period; util/rcu.c call_rcu_thread() sleeps up to 5 times 10 ms',
    },
  ],
};
