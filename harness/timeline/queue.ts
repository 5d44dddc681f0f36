import { PCI_BOUND, PCI_REMOVED } from '../drivers/driver-core-lines.ts';
import type { Moment, QueueMoment } from '../drivers/moment.ts';
import type { Controller } from '../vocabulary.ts';

type Queue = (own: readonly Moment[], others: readonly (readonly Moment[])[]) => readonly QueueMoment[];

const QUEUES: Readonly<Record<Controller, readonly Queue[]>> = {
  shpchp: [controllerLock, rescanLock],
  pciehp: [portThread, rescanLock],
  acpiphp: [hotplugWorker],
};

/**
 * When an operation stood in line behind others of its burst. `own` and `others` are what each of them owns
 * (own-moments.ts). Nothing for one that did not have to wait.
 */
export function queueMoments(
  controller: Controller,
  own: readonly Moment[],
  others: readonly (readonly Moment[])[],
): readonly QueueMoment[] {
  return QUEUES[controller].flatMap((queue) => queue(own, others));
}

/** The driver takes the button's event in and sets its timer. */
const PRESSED = /^shpchp (\S+): PCI slot #\S+ - powering (?:on|off) due to button press/;
/** The first line under the controller's lock that names its slot; shpchp_enable_slot() and shpchp_disable_slot(). */
const ADMITTED = /^shpchp (\S+): (?:board_added: p_slot->device|shpchp_unconfigure_device:)/;

/**
 * SHPC: a slot's work begins when its button's timer has run out, and then waits for the lock of its controller
 * (shpchp_ctrl.c, crit_sect), which another slot's work holds for the 1 s that it lets the power settle. The kernel does
 * not say when a timer has run out.
 *
 * Assumption: every slot's timer takes as long as the shortest time from press to lock in the burst, which is that of a
 * slot that did not have to wait; and nobody is in line before another has the lock.
 * Evidence: the slots of a burst have one delay (5 * HZ, or one parameter of the patched driver), and the first to get the
 * lock finds it free.
 * Limits: the kernel's timer wheel rounds up by up to 1/8 (kernel/time/timer.c; 5 s fire within 256 ms at HZ=250, 512 ms at
 * HZ=1000), so between presses that are not in one step of it, so much may be called waiting in line that was the timer, or
 * the other way round. A wait is only claimed where another slot is seen to be at work after the timer's end.
 */
function controllerLock(own: readonly Moment[], others: readonly (readonly Moment[])[]): readonly QueueMoment[] {
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
}

function pressOf(moments: readonly Moment[]) {
  const pressed = kernelLine(moments, PRESSED);
  const admitted = pressed && kernelLine(moments, ADMITTED, pressed.atMs);
  if (!pressed || !admitted) return undefined;
  return { controller: PRESSED.exec(pressed.text)?.[1], pressedMs: pressed.atMs, admittedMs: admitted.atMs };
}

/** board_added() of pciehp_ctrl.c from its last command on, and what it says when the link is up. */
const LINK_WAIT_BEGINS = /pciehp_set_indicators: SLOTCTRL \w+ write cmd 200$/;
const LINK_WAIT_ENDS = /pciehp_check_link_status: lnk_status/;

/**
 * Native PCIe: every port has a thread of its own, and these are real-time threads that do not make way for each other
 * (kernel/irq/manage.c irq_thread(), SCHED_FIFO). One that has slept for its link stands in line for its CPU while another
 * adds a device.
 *
 * Assumption: every port of the burst slept as long as the one that took the least.
 * Evidence: the sleeps, 20 and 100 ms, are the same; in a burst of 16 on 2 CPUs one took 129 ms and others up to 318 ms.
 * Limits: where all had to stand in line, the shortest is too long. A wait is only claimed where another is seen at work.
 */
function portThread(own: readonly Moment[], others: readonly (readonly Moment[])[]): readonly QueueMoment[] {
  const self = linkWaitOf(own);
  if (!self) return [];
  const shortestMs = Math.min(...[own, ...others].flatMap((moments) => linkWaitOf(moments)?.durationMs ?? []));
  const joinedMs = self.beginMs + shortestMs;
  const work = others.flatMap((other) => kernelLines(other, joinedMs, self.beginMs + self.durationMs));
  if (work.every(({ text }) => PORT_LINE.test(text))) return [];
  return [{ atMs: joinedMs, source: 'queue', what: 'joined' }];
}

/** What the threads of ports say while they do not add a device. */
const PORT_LINE = /^pcieport \S+: pciehp: /;

function linkWaitOf(moments: readonly Moment[]) {
  const begin = kernelLine(moments, LINK_WAIT_BEGINS);
  const end = begin && kernelLine(moments, LINK_WAIT_ENDS, begin.atMs);
  return begin && end ? { beginMs: begin.atMs, durationMs: end.atMs - begin.atMs } : undefined;
}

/** The last line of pciehp or shpchp before pci_lock_rescan_remove(). */
const BEFORE_RESCAN_LOCK =
  /pciehp_check_link_status: lnk_status|board_added: slot status|(?:pciehp|shpchp)_unconfigure_device:/;
/** The first line that is certainly written under that lock: pci_setup_device(), bus_remove_device(). */
const UNDER_RESCAN_LOCK = new RegExp(`^pci \\S+: \\[|${PCI_REMOVED.source}`);
/** The last thing that is done to a device under it: really_probe(), bus_remove_device(). */
const DONE_UNDER_RESCAN_LOCK = new RegExp(`${PCI_BOUND.source}|${PCI_REMOVED.source}`);

/**
 * Native PCIe, and SHPCs next to each other: every port has a thread of its own, but devices are added to and removed from
 * the bus under one lock (probe.c, pci_rescan_remove_lock). A line is seen where another device is finished after this one
 * was ready for the lock and before it is seen to have it; its turn is when the last of those was.
 *
 * Limit: a holder whose device no driver is bound to is not seen, and the wait for it counts as this device's own work.
 */
function rescanLock(own: readonly Moment[], others: readonly (readonly Moment[])[]): readonly QueueMoment[] {
  const ready = kernelLine(own, BEFORE_RESCAN_LOCK);
  const working = ready && kernelLine(own, UNDER_RESCAN_LOCK, ready.atMs);
  if (!ready || !working) return [];
  const finishedMs = others
    .flatMap((other) => kernelLines(other, ready.atMs, working.atMs))
    .flatMap(({ atMs, text }) => (DONE_UNDER_RESCAN_LOCK.test(text) ? [atMs] : []));
  return finishedMs.length === 0 ? [] : [{ atMs: Math.max(...finishedMs), source: 'queue', what: 'served' }];
}

/** hotplug_event(), or, for a device that the work for another slot of its bridge finds (acpiphp_check_bridge()), its scan. */
const HOTPLUG_WORK = /acpiphp_glue: (?:Device check|Bus check|Eject request) in|^pci \S+: \[/;
/** What QEMU's AML repeats for every slot of a bus that has had an event; alone it says nothing of work. */
const NOTIFIED = /acpiphp_glue: /;

/**
 * ACPI: the kernel handles hot-plug events one after another (drivers/acpi/osl.c, the ordered work queue kacpi_hotplug), a
 * device's drivers and all. A line is seen where that worker is busy with another device before it comes to this one.
 *
 * Assumption: QEMU has told the guest of the device when it has answered the command, so from then on the device waits for
 * the worker, not for being heard of, if the worker is busy.
 * Evidence: the lines of all events that have gathered follow each other within 0.2 ms when the worker is free again.
 * Limit: the interrupt and the AML of the device's own event, some milliseconds under TCG, count as waiting in line.
 */
function hotplugWorker(own: readonly Moment[], others: readonly (readonly Moment[])[]): readonly QueueMoment[] {
  const sentMs = own.find((moment) => moment.source === 'qmp' && moment.what === 'sent')?.atMs;
  const answeredMs = own.find((moment) => moment.source === 'qmp' && moment.what === 'returned')?.atMs;
  const work = sentMs === undefined ? undefined : kernelLine(own, HOTPLUG_WORK, sentMs);
  if (sentMs === undefined || answeredMs === undefined || !work) return [];
  const busySinceMs = others.flatMap((other) => {
    const begunMs = kernelLine(other, HOTPLUG_WORK)?.atMs ?? Infinity;
    const isBusy = kernelLines(other, answeredMs, work.atMs).some(({ text }) => !NOTIFIED.test(text));
    return isBusy && begunMs < work.atMs ? [begunMs] : [];
  });
  if (busySinceMs.length === 0) return [];
  const joinedMs = Math.max(answeredMs, Math.min(...busySinceMs));
  return [
    { atMs: joinedMs, source: 'queue', what: 'joined' },
    { atMs: work.atMs, source: 'queue', what: 'served' },
  ];
}

/** Own lines of the kernel log between two times, without the first and the last moment. */
function kernelLines(moments: readonly Moment[], fromMs: number, untilMs: number) {
  return moments.flatMap((moment) =>
    moment.source === 'kernel' && moment.atMs > fromMs && moment.atMs < untilMs ? [moment] : [],
  );
}

function kernelLine(moments: readonly Moment[], pattern: RegExp, fromMs = -Infinity) {
  return kernelLines(moments, fromMs, Infinity).find(({ text }) => pattern.test(text));
}
