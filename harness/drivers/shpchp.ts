import type { Driver } from './driver.ts';
import { isPort, type Naming } from './driver.ts';
import { either, HOTPLUG_MESSAGES } from './kernel-messages.ts';
import type { Moment } from './phase-table.ts';
import { anyOf, backendDeleted, type Edge, joined, kernel, type PhaseRow, served } from './phase-table.ts';
import { kernelLine, kernelLines, type Queue, rescanLock } from './queue.ts';
import { commandUntil, deviceReady, qemuDeletion } from './shared-phases.ts';

/**
 * What stands in front of every line: the bridge with the controller. It has many slots, so that it is the right one says
 * nothing yet; that it is another one does.
 */
const bridge: Naming = {
  pattern: /^shpchp (\S+): /g,
  isOwn: (address, device) => (isPort(address, device) === false ? false : undefined),
};

/** Linux drivers/pci/hotplug/shpchp_*.c, messages of ctrl_dbg() and ctrl_info(); the same in 5.10, 6.1, 6.12 and 7.2. */
const INTERRUPT = /shpc_isr: intr_loc/;
const POWERING_ON = /powering on due to button press/;
const POWERING_OFF = /powering off due to button press/;
/** The first lines under the controller's lock that name their slot; shpchp_enable_slot() and shpchp_disable_slot(). */
const ENABLING = /board_added: p_slot->device/;
const DISABLING = /shpchp_unconfigure_device:/;
/**
 * shpchp_hpc.c SET_SLOT_ENABLE | SET_PWR_BLINK | SET_ATTN_OFF. Before it, 0x01 only powers the slot for a look at its speed, and
 * 0x30 at the press of the button only turns an indicator off.
 */
const ENABLED = /shpc_write_cmd: t_slot [0-9a-f]+ cmd 3a$/;
const SETTLED = /board_added: slot status/;
const REMOVED = /remove_board: hp_slot/;
const LATCH_OPEN = /Latch open on Slot/;

const untilInterrupt = commandUntil(
  kernel(INTERRUPT),
  'the interrupt of the hot-plug controller: shpchp_hpc.c shpc_isr()',
);

/**
 * Device number of a hot-plug controller's first slot, the one with `hp_slot` 0: QEMU hw/pci/shpc.c SHPC_IDX_TO_PCI().
 * Other controllers say other numbers in their First Device Number (shpchp_hpc.c, slot_device_offset).
 */
const FIRST_DEVICE = 1;

const slotIndex = (place: string) => Number.parseInt(place.slice(-4), 16) - FIRST_DEVICE;

const namings: readonly Naming[] = [
  // shpchp_hpc.c shpc_isr(): the slot's index in hexadecimal.
  {
    pattern: /: Slot ([0-9a-f]+) with intr/g,
    isOwn: (index, { place }) => Number.parseInt(index, 16) === slotIndex(place),
  },
  // shpc_write_cmd(): the index plus one, in hexadecimal.
  {
    pattern: /: shpc_write_cmd: t_slot ([0-9a-f]+) /g,
    isOwn: (target, { place }) => Number.parseInt(target, 16) - 1 === slotIndex(place),
  },
  // shpchp_ctrl.c board_added(), remove_board(): the index last.
  {
    pattern: /hp_slot = (?:\d+, \d+ ,)?(\d+)$/g,
    isOwn: (index, { place }) => Number(index) === slotIndex(place),
  },
  // shpc_isr(): a bit per slot, above the one for commands, which is nobody's.
  {
    pattern: /: shpc_isr: intr_loc2? = ([0-9a-f]+)$/g,
    isOwn: (location, { place }) => {
      const slots = Number.parseInt(location, 16) & ~1;
      return slots === 0 ? undefined : (slots & (2 << slotIndex(place))) !== 0;
    },
  },
];

/**
 * A slot's work begins when its button's timer has run out, and then waits for the lock of its controller (shpchp_ctrl.c,
 * crit_sect), which another slot's work holds for the 1 s that it lets the power settle. The kernel does not say when a timer
 * has run out.
 *
 * Assumption: every slot's timer takes as long as the shortest time from press to lock in the burst, which is that of a
 * slot that did not have to wait; and nobody is in line before another has the lock.
 * Evidence: the slots of a burst have one delay (5 * HZ, or one parameter of the patched driver), and the first to get the
 * lock finds it free.
 * Limits: the kernel's timer wheel rounds up by up to 1/8 (kernel/time/timer.c; 5 s fire within 256 ms at HZ=250, 512 ms at
 * HZ=1000), so between presses that are not in one step of it, so much may be called waiting in line that was the timer, or
 * the other way round. A wait is only claimed where another slot is seen to be at work after the timer's end.
 */
const controllerLock: Queue = (own, others) => {
  const self = pressOf(own);
  if (!self) return [];
  const waits = [self, ...others.flatMap((other) => pressOf(other) ?? [])];
  const timerMs = Math.min(...waits.map(({ pressedMs, admittedMs }) => admittedMs - pressedMs));
  const holders = others.flatMap((other) => {
    const press = pressOf(other);
    if (!press || press.controller !== self.controller || press.admittedMs >= self.admittedMs) return [];
    const lastMs = kernelLines(other, press.admittedMs, self.admittedMs).at(-1)?.atMs ?? press.admittedMs;
    return [{ admittedMs: press.admittedMs, lastMs }];
  });
  if (holders.length === 0) return [];
  const joinedMs = Math.max(self.pressedMs + timerMs, Math.min(...holders.map(({ admittedMs }) => admittedMs)));
  if (Math.max(...holders.map(({ lastMs }) => lastMs)) <= joinedMs) return [];
  return [{ atMs: joinedMs, source: 'queue', what: 'joined' }];
};

const PRESSED = either(POWERING_ON, POWERING_OFF);
const ADMITTED = either(ENABLING, DISABLING);

/** When the driver takes the button's event in and sets its timer, and when the slot gets its controller's lock. */
function pressOf(moments: readonly Moment[]) {
  const pressed = kernelLine(moments, PRESSED);
  const admitted = pressed && kernelLine(moments, ADMITTED, pressed.atMs);
  if (!pressed || !admitted) return undefined;
  const [[, controller] = []] = pressed.text.matchAll(bridge.pattern);
  return { controller, pressedMs: pressed.atMs, admittedMs: admitted.atMs };
}

/** Where slots of one controller stand in line for it. */
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

/** Linux's driver for the standard hot-plug controller of conventional PCI. */
export const shpchp: Driver = {
  name: 'shpchp',
  hotplug: 'native',
  recognition: {
    // It lets go of the bridge unless it has registered every slot (shpchp_core.c shpc_probe()).
    signs: ({ signs: { bridge } }) =>
      bridge?.driver === 'shpchp' ? [`the driver of the bridge ${bridge.address}`] : [],
    bridgeLineBegins: (address) => `shpchp ${address}: HPC vendor_id`,
  },
  logSwitches: [
    // A switch of its own (shpchp.h, ctrl_dbg), until 7.2, where its messages are the ones of the folder.
    { file: '/sys/module/shpchp/parameters/shpchp_debug', value: '1' },
    HOTPLUG_MESSAGES,
  ],
  namings,
  prefix: bridge,
  // board_added() names its slot when it begins and not when it has waited a second; in between it holds the controller's lock
  // (crit_sect), so the second line is about the slot of the first.
  unnamed: { begins: ENABLING, lines: /board_added: / },
  phases: {
    plug: [
      ...untilInterrupt,
      {
        name: 'button-event',
        kind: 'guest',
        end: kernel(POWERING_ON),
        required: true,
        source: 'shpchp_ctrl.c shpchp_handle_attention_button() to handle_button_press_event()',
      },
      {
        name: 'button-wait',
        kind: 'fixed-wait',
        end: anyOf(kernel(ENABLING), joined),
        required: true,
        source: 'handle_button_press_event(): 5 s in which an operator may cancel, PCI SHPC 1.0 §2.2.1.3',
      },
      lockWait(kernel(ENABLING)),
      {
        name: 'power-on',
        kind: 'guest',
        begin: kernel(ENABLING),
        end: kernel(ENABLED),
        required: true,
        source: 'board_added(): power for a look at the adapter, bus speed, slot enable',
      },
      {
        name: 'settle-wait',
        kind: 'fixed-wait',
        begin: kernel(ENABLED),
        end: kernel(SETTLED),
        required: true,
        source: 'board_added(): "Wait for ~1 second" after power on',
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
        source: 'shpchp_ctrl.c handle_button_press_event()',
      },
      {
        name: 'button-wait',
        kind: 'fixed-wait',
        end: anyOf(kernel(DISABLING), joined),
        required: true,
        source: 'handle_button_press_event(): 5 s in which an operator may cancel, PCI SHPC 1.0 §2.2.1.3',
      },
      lockWait(kernel(DISABLING)),
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
        end: kernel(REMOVED),
        required: true,
        source: 'shpchp_pci.c shpchp_unconfigure_device()',
      },
      {
        name: 'power-off',
        kind: 'guest',
        end: anyOf(kernel(LATCH_OPEN), backendDeleted),
        required: true,
        source: 'remove_board(): slot disable command, upon which QEMU opens the latch and takes the device apart',
      },
      qemuDeletion,
    ],
  },
  waits: [
    { parameter: 'button_delay_ms', usualMs: 5_000, in: ['plug', 'unplug'] },
    // One worker serves all slots of a controller, and lets the power of each settle.
    { parameter: 'settle_ms', usualMs: 1_000, in: ['plug'], isOneByOne: true },
  ],
  workMs: { plug: 35, unplug: 95 },
  queues: [controllerLock, rescanLock(either(SETTLED, DISABLING))],
  // The latch that QEMU opens when the slot is disabled (hw/pci/shpc.c).
  letsGo: kernel(LATCH_OPEN),
};
