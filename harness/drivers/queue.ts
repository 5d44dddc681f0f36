import { either, PCI_BOUND, PCI_FOUND, PCI_REMOVED } from './kernel-messages.ts';
import type { Moment, QueueMoment } from './phase-table.ts';

/**
 * When an operation stood in line behind others of its burst. `own` and `others` are what each of them owns
 * (timeline/own-moments.ts). Nothing for one that did not have to wait.
 */
export type Queue = (own: readonly Moment[], others: readonly (readonly Moment[])[]) => readonly QueueMoment[];

/** The first line that is certainly written under the rescan lock: pci_setup_device(), bus_remove_device(). */
const UNDER_RESCAN_LOCK = either(PCI_FOUND, PCI_REMOVED);
/** The last thing that is done to a device under it: really_probe(), bus_remove_device(). */
const DONE_UNDER_RESCAN_LOCK = either(PCI_BOUND, PCI_REMOVED);

/**
 * Ports and SHPCs next to each other: each has a thread of its own, but devices are added to and removed from the bus under
 * one lock (probe.c, pci_rescan_remove_lock). A line is seen where another device is finished after this one was ready for
 * the lock and before it is seen to have it; its turn is when the last of those was.
 *
 * Limit: a holder whose device no driver is bound to is not seen, and the wait for it counts as this device's own work.
 *
 * @param ready the driver's last line before pci_lock_rescan_remove()
 */
export function rescanLock(ready: RegExp): Queue {
  return (own, others) => {
    const readyLine = kernelLine(own, ready);
    const working = readyLine && kernelLine(own, UNDER_RESCAN_LOCK, readyLine.atMs);
    if (!readyLine || !working) return [];
    const finishedMs = others
      .flatMap((other) => kernelLines(other, readyLine.atMs, working.atMs))
      .flatMap(({ atMs, text }) => (DONE_UNDER_RESCAN_LOCK.test(text) ? [atMs] : []));
    return finishedMs.length === 0 ? [] : [{ atMs: Math.max(...finishedMs), source: 'queue', what: 'served' }];
  };
}

/** Lines of the kernel log after one time and before another. */
export function kernelLines(moments: readonly Moment[], fromMs: number, untilMs: number) {
  return moments.flatMap((moment) =>
    moment.source === 'kernel' && moment.atMs > fromMs && moment.atMs < untilMs ? [moment] : [],
  );
}

/** The first line of the kernel log after a time that matches. */
export function kernelLine(moments: readonly Moment[], pattern: RegExp, fromMs = -Infinity) {
  return kernelLines(moments, fromMs, Infinity).find(({ text }) => pattern.test(text));
}
