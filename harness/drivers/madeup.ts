import type { Driver } from './driver.ts';
import { PCI_REMOVED } from './driver-core-lines.ts';
import { kernel } from './phase-table.ts';
import { commandUntil, deviceReady } from './shared-phases.ts';

const NOTICED = /^madeup: Slot\([^)]*\) (noticed|let go)/;
const AWAKE = /^madeup: Slot\([^)]*\) awake/;

const untilNoticed = commandUntil(kernel(NOTICED), 'madeup.c madeup_notice()');

/** A driver that does not exist: it naps before it scans. */
export const madeup: Driver = {
  name: 'madeup',
  hotplug: 'native',
  recognition: {
    signs: ({ signs: { bridge } }) => (bridge?.driver === 'madeup' ? [`the driver of ${bridge.address}`] : []),
  },
  logSwitches: [{ file: '/sys/module/madeup/parameters/debug', value: '1' }],
  namings: [],
  phases: {
    plug: [
      ...untilNoticed,
      { name: 'nap-wait', kind: 'fixed-wait', end: kernel(AWAKE), required: true, source: 'madeup.c madeup_nap()' },
      ...deviceReady,
    ],
    unplug: [
      ...untilNoticed,
      { name: 'driver-removal', kind: 'guest', end: kernel(PCI_REMOVED), required: true, source: 'madeup.c' },
      { name: 'qemu-deletion', kind: 'host', end: 'operation-end', required: true, source: 'QEMU util/rcu.c' },
    ],
  },
  waits: [{ usualMs: 3, in: ['plug'] }],
  workMs: { plug: 60, unplug: 120 },
  queues: [],
  letsGo: kernel(PCI_REMOVED),
};
