import { anyOf, appeared, kernel, type PhaseTable, returned } from './phase-table.ts';
import { firstUse, qemuDeletion } from './shared-phases.ts';

/** Whether a place is that of a LUN behind a controller: `05.0/0:0:3`, with its channel, target and LUN. */
export function isLun(place: string | undefined): place is string {
  return place?.includes(':') ?? false;
}

/** Its channel, target and LUN, as the guest's log has them behind the number of the host. */
export function lunAddress(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1);
}

/**
 * A LUN of virtio-scsi: QEMU puts an event into the controller's queue, and the guest asks the target what is there. Several at the
 * same time are told apart by their addresses in the guest's log.
 */
export function lunPhases(place: string): { readonly plug: PhaseTable; readonly unplug: PhaseTable } {
  const address = `\\d+:${lunAddress(place)}`;
  const found = kernel(new RegExp(`^scsi ${address}: Direct-Access`));
  const capacity = kernel(new RegExp(`^sd ${address}: \\[\\w+\\] \\d+ \\d+-byte logical blocks`));
  return {
    plug: [
      {
        name: 'qmp-command',
        kind: 'host',
        end: anyOf(returned, found),
        required: true,
        source: 'from writing the command until its reply: QEMU creates the disk and its event (hw/scsi/virtio-scsi.c)',
      },
      {
        name: 'lun-scan',
        kind: 'guest',
        end: found,
        required: true,
        source: 'virtscsi_handle_event() and scsi_add_device(), until the target has answered INQUIRY (scsi_scan.c)',
      },
      {
        name: 'driver-probe',
        kind: 'guest',
        end: capacity,
        required: true,
        source: 'sd_probe(), until sd.c has read the capacity of the disk',
      },
      {
        name: 'device-node',
        kind: 'guest',
        end: appeared,
        required: false,
        source: 'device_add_disk(): devtmpfs node and partition scan, until the uevent reaches the agent',
      },
      ...firstUse,
    ],
    unplug: [
      {
        name: 'qmp-command',
        kind: 'host',
        end: returned,
        required: true,
        source: 'QEMU tells the guest and lets the disk go at once, without waiting for it (virtio_scsi_hotunplug())',
      },
      qemuDeletion,
    ],
  };
}
