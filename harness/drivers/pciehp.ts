import type { Driver } from './driver.ts';
import { isPort, type Naming } from './driver.ts';
import { either, HOTPLUG_MESSAGES } from './kernel-messages.ts';
import type { Moment } from './phase-table.ts';
import { anyOf, backendDeleted, joined, kernel, served } from './phase-table.ts';
import { kernelLine, kernelLines, type Queue, rescanLock } from './queue.ts';
import { commandUntil, deviceReady } from './shared-phases.ts';

/** What stands in front of every line. A port has one slot, so its address names that slot. */
const port: Naming = { pattern: /^pcieport (\S+): pciehp: /g, isOwn: isPort };

/**
 * Linux drivers/pci/hotplug/pciehp_*.c, messages of ctrl_dbg() and ctrl_info(). Between 6.1 and 6.12 the two lines on a button
 * press became one, "Button press: will power off in 5 sec"; the others are the same in 5.10, 6.1, 6.12 and 7.2.
 */
const INTERRUPT = /pciehp: (pending interrupts|Slot\([^)]*\): Attention button pressed)/;
const POWERING_ON = /pciehp: Slot\([^)]*\):? (Powering on due to button press|Button press: will power on)/;
const POWERING_OFF = /pciehp: Slot\([^)]*\):? (Powering off due to button press|Button press: will power off)/;
/** Both are said of a slot that takes a device in; the first of them counts. */
const PRESENT = /pciehp: Slot\([^)]*\): (Card present|Link Up)/;
/** Blinking power indicator, the last command of board_added() before it waits for the link. */
const LINK_WAIT_BEGINS = /pciehp_set_indicators: SLOTCTRL \w+ write cmd 200$/;
const LINK_UP = /pciehp_check_link_status: lnk_status/;
const POWER_STATUS = /pciehp_get_power_status:/;
const UNCONFIGURES = /pciehp_unconfigure_device:/;
const POWERS_OFF = /pciehp_power_off_slot:/;
/** Of an unplug, after power off: it follows the write upon which QEMU takes the device apart. */
const INDICATORS_OFF = /pciehp_set_indicators:/;

const untilInterrupt = commandUntil(kernel(INTERRUPT), 'the interrupt of the port: pciehp_hpc.c pciehp_isr()');

/**
 * Every port has a thread of its own, and these are real-time threads that do not make way for each other
 * (kernel/irq/manage.c irq_thread(), SCHED_FIFO). One that has slept for its link stands in line for its CPU while another
 * adds a device.
 *
 * Assumption: every port of the burst slept as long as the one that took the least.
 * Evidence: the sleeps, 20 and 100 ms, are the same; in a burst of 16 on 2 CPUs one took 129 ms and others up to 318 ms.
 * Limits: where all had to stand in line, the shortest is too long. A wait is only claimed where another is seen at work.
 */
const portThread: Queue = (own, others) => {
  const self = linkWaitOf(own);
  if (!self) return [];
  const shortestMs = Math.min(...[own, ...others].flatMap((moments) => linkWaitOf(moments)?.durationMs ?? []));
  const joinedMs = self.beginMs + shortestMs;
  const lines = others.flatMap((other) => kernelLines(other, joinedMs, self.beginMs + self.durationMs));
  // What the threads of ports say themselves is said while they do not add a device.
  const isBusy = lines.some(({ text }) => text.search(port.pattern) === -1);
  return isBusy ? [{ atMs: joinedMs, source: 'queue', what: 'joined' }] : [];
};

function linkWaitOf(moments: readonly Moment[]) {
  const begin = kernelLine(moments, LINK_WAIT_BEGINS);
  const end = begin && kernelLine(moments, LINK_UP, begin.atMs);
  return begin && end ? { beginMs: begin.atMs, durationMs: end.atMs - begin.atMs } : undefined;
}

/** Linux's native PCIe hot-plug. */
export const pciehp: Driver = {
  name: 'pciehp',
  hotplug: 'native',
  recognition: {
    // Bound to a service of the port (pciehp_core.c pciehp_probe()), which is offered to it only where the firmware has granted
    // native hot-plug, or `pcie_ports=native` has taken it (pcie/portdrv.c get_port_device_capability()).
    signs: ({ signs: { bridge } }) =>
      bridge?.services.includes('pciehp') ? [`a service of the port ${bridge.address}`] : [],
    bridgeLineBegins: (address) => `pcieport ${address}: pciehp: Slot #`,
  },
  logSwitches: [HOTPLUG_MESSAGES],
  namings: [],
  prefix: port,
  phases: {
    plug: [
      ...untilInterrupt,
      {
        name: 'button-event',
        kind: 'guest',
        end: kernel(POWERING_ON),
        required: false,
        source: 'pciehp_ctrl.c pciehp_handle_button_press()',
      },
      {
        name: 'button-wait',
        kind: 'fixed-wait',
        begin: kernel(POWERING_ON),
        end: kernel(PRESENT),
        // A thread that hears of presence first says nothing of the button.
        required: false,
        source:
          'pciehp_handle_button_press(): 5 s, cancelled by pciehp_handle_presence_or_link_change(), PCIe 6.0 §6.7.1.5',
      },
      {
        name: 'power-on',
        kind: 'guest',
        begin: kernel(PRESENT),
        end: kernel(LINK_WAIT_BEGINS),
        required: true,
        source: 'board_added(): pciehp_power_on_slot()',
      },
      {
        name: 'link-wait',
        kind: 'fixed-wait',
        end: anyOf(kernel(LINK_UP), joined),
        required: true,
        source: 'pciehp_check_link_status(): pcie_wait_for_link() sleeps 20 ms, then 100 ms as PCIe 6.0 §6.6.1 asks',
      },
      {
        name: 'queue-wait',
        kind: 'guest',
        begin: joined,
        end: kernel(LINK_UP),
        required: false,
        source: 'a CPU for the real-time thread of the port, then pci_lock_rescan_remove(); other ports have them',
      },
      ...deviceReady,
    ],
    unplug: [
      ...untilInterrupt,
      {
        name: 'button-event',
        kind: 'guest',
        end: kernel(POWERING_OFF),
        required: true,
        source: 'pciehp_ctrl.c pciehp_handle_button_press()',
      },
      {
        name: 'button-wait',
        kind: 'fixed-wait',
        end: kernel(POWER_STATUS, UNCONFIGURES),
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
        end: kernel(POWERS_OFF),
        required: true,
        source: 'pciehp_pci.c pciehp_unconfigure_device()',
      },
      {
        name: 'settle-wait',
        kind: 'fixed-wait',
        // The line may come after QEMU's word that it has taken the device apart.
        end: anyOf(kernel(INDICATORS_OFF), backendDeleted),
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
  },
  waits: [
    // In a plug QEMU raises presence together with the button, which ends the wait for the operator.
    { parameter: 'button_delay_ms', usualMs: 5_000, in: ['unplug'] },
    { parameter: 'settle_ms', usualMs: 1_000, in: ['unplug'] },
  ],
  workMs: { plug: 175, unplug: 105 },
  queues: [portThread, rescanLock(either(LINK_UP, UNCONFIGURES))],
  // The indicator is written last (remove_board()), upon which QEMU unplugs (hw/pci/pcie.c).
  letsGo: kernel(INDICATORS_OFF),
  // Before QEMU 6.0 an empty root port says that its link is up. pciehp powers such a port on when it starts, finds nothing in
  // it for a second, powers it off and waits one second more ("pcie: don't set link state active if the slot is empty",
  // hw/pci/pcie.c): a device that comes in between is powered off with it. Those two seconds, and one more for what a busy host
  // adds; pciehp has started long before the guest is ready.
  emptySlotsRest: { beforeQemu: [6, 0], restMs: 3_000 },
};
