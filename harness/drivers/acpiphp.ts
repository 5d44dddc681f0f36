import { commandUntil } from './command.ts';
import { deviceReady } from './device-ready.ts';
import { PCI_REMOVED } from './driver-core-lines.ts';
import { anyOf, backendDeleted, joined, kernel, type PhaseTable, served } from './phase-table.ts';

/**
 * Linux drivers/pci/hotplug/acpiphp_glue.c, messages of pr_debug() in hotplug_event(); the same in 5.10, 6.1, 6.12 and 7.2.
 */
export const acpiphp: Readonly<Record<'plug' | 'unplug', PhaseTable>> = {
  plug: [
    ...commandUntil(
      anyOf(kernel(/acpiphp_glue: (Device|Bus) check in/), joined),
      'the SCI, the AML of general-purpose event 1 and the kacpi_hotplug work queue, until hotplug_event()',
    ),
    ...deviceReady,
  ],
  unplug: [
    ...commandUntil(
      anyOf(kernel(/acpiphp_glue: Eject request in/), joined),
      'the SCI, the AML of general-purpose event 1 and the kacpi_hotplug work queue, until hotplug_event()',
    ),
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
