import type { Driver, Naming } from './driver.ts';
import { either, HOTPLUG_MESSAGES, PCI_FOUND, PCI_REMOVED } from './kernel-messages.ts';
import { anyOf, backendDeleted, joined, kernel, served } from './phase-table.ts';
import { kernelLine, kernelLines, type Queue } from './queue.ts';
import { commandUntil, deviceReady, qemuDeletion } from './shared-phases.ts';

/**
 * Linux drivers/pci/hotplug/acpiphp_glue.c, messages of pr_debug() in hotplug_event(); the same in 5.10, 6.1, 6.12 and 7.2.
 */
const CHECKS = /acpiphp_glue: (Device|Bus) check in/;
const EJECTS = /acpiphp_glue: Eject request in/;
/** Any message of that file. */
const ANY = /acpiphp_glue: /;

const untilEvent = (line: RegExp) =>
  commandUntil(
    anyOf(kernel(line), joined),
    'the SCI, the AML of general-purpose event 1 and the kacpi_hotplug work queue, until hotplug_event()',
  );

/** hotplug_event(), or, for a device that the work for another slot of its bridge finds (acpiphp_check_bridge()), its scan. */
const WORK = either(CHECKS, EJECTS, PCI_FOUND);

/**
 * The kernel handles hot-plug events one after another (drivers/acpi/osl.c, the ordered work queue kacpi_hotplug), a device's
 * drivers and all. A line is seen where that worker is busy with another device before it comes to this one. QEMU's AML
 * notifies of every slot of a bus that has had an event, so a message of acpiphp_glue alone is no sign of work.
 *
 * Assumption: QEMU has told the guest of the device when it has answered the command, so from then on the device waits for
 * the worker, not for being heard of, if the worker is busy.
 * Evidence: the lines of all events that have gathered follow each other within 0.2 ms when the worker is free again.
 * Limit: the interrupt and the AML of the device's own event, some milliseconds under TCG, count as waiting in line.
 */
const hotplugWorker: Queue = (own, others) => {
  const sentMs = own.find((moment) => moment.source === 'qmp' && moment.what === 'sent')?.atMs;
  const answeredMs = own.find((moment) => moment.source === 'qmp' && moment.what === 'returned')?.atMs;
  const work = sentMs === undefined ? undefined : kernelLine(own, WORK, sentMs);
  if (sentMs === undefined || answeredMs === undefined || !work) return [];
  const busySinceMs = others.flatMap((other) => {
    const begunMs = kernelLine(other, WORK)?.atMs ?? Infinity;
    const isBusy = kernelLines(other, answeredMs, work.atMs).some(({ text }) => !ANY.test(text));
    return isBusy && begunMs < work.atMs ? [begunMs] : [];
  });
  if (busySinceMs.length === 0) return [];
  const joinedMs = Math.max(answeredMs, Math.min(...busySinceMs));
  return [
    { atMs: joinedMs, source: 'queue', what: 'joined' },
    { atMs: work.atMs, source: 'queue', what: 'served' },
  ];
};

/** QEMU hw/i386/acpi-build.c calls the device at devfn 0x10 S10, below the one of the bridge before it. */
const acpiPath: Naming = {
  pattern: /_SB_\.PCI0\.(S[0-9A-F]{2}_(?:\.S[0-9A-F]{2}_)*):/g,
  isOwn: (path, { place }) => placeOf(path) === place,
};

/** `S10_.S08_` is `02.0/01.0`: device number and function share a byte. */
function placeOf(acpiPath: string): string {
  const parts = acpiPath.split('.').map((part) => {
    const devfn = Number.parseInt(part.slice(1, 3), 16);
    return `${(devfn >> 3).toString(16).padStart(2, '0')}.${devfn & 7}`;
  });
  return parts.join('/');
}

/** acpiphp_core.c acpiphp_register_hotplug_slot(). */
const registered = (slotName: string) => `acpiphp: Slot [${slotName}] registered`;
const unregistered = (slotName: string) => `acpiphp: Slot [${slotName}] unregistered`;

/** Linux's ACPI hot-plug. It has no waits. */
export const acpiphp: Driver = {
  name: 'acpiphp',
  hotplug: 'acpi',
  recognition: {
    // The last line on a slot counts: it may have been given up again.
    signs: ({ name, log }) => {
      const line = log.findLast((text) => text === registered(name) || text === unregistered(name));
      return line === registered(name) ? [`the kernel log, "${line}"`] : [];
    },
    // It leaves slots to a native driver that has the bridge (acpiphp_glue.c acpiphp_add_context()). Whether the slot can be
    // operated matters, since drivers/acpi/pci_slot.c gives slots a name that nobody owns.
    weakSigns: ({ signs: { ejectable, operable } }) =>
      ejectable === undefined || operable !== true ? [] : [`the ACPI node ${ejectable} with _EJ0`],
    registrationLine: registered,
  },
  logSwitches: [HOTPLUG_MESSAGES],
  namings: [acpiPath],
  phases: {
    plug: [...untilEvent(CHECKS), ...deviceReady],
    unplug: [
      ...untilEvent(EJECTS),
      {
        name: 'queue-wait',
        kind: 'guest',
        end: served,
        required: false,
        source: 'the work queue kacpi_hotplug handles other devices first (drivers/acpi/osl.c)',
      },
      {
        name: 'driver-removal',
        kind: 'guest',
        // The kernel's own line: the uevent after it reaches an agent on a busy guest late, or after the operation's end.
        end: kernel(PCI_REMOVED),
        required: true,
        source: 'disable_slot(): pci_stop_bus_device(), until pci_destroy_dev() takes the device off its bus',
      },
      {
        name: 'eject',
        kind: 'guest',
        end: backendDeleted,
        required: false,
        source:
          'acpi_evaluate_ej0(): AML writes the eject register, QEMU takes the device apart; only virtio shows the moment',
      },
      qemuDeletion,
    ],
  },
  waits: [],
  workMs: { plug: 60, unplug: 120 },
  queues: [hotplugWorker],
  // The eject follows the device's removal from its bus at once; nothing is said after it.
  letsGo: kernel(PCI_REMOVED),
};
