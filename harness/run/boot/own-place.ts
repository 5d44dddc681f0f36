import { type QemuFunction, qemuFunctions } from '../../qemu/pci-functions.ts';
import type { MeasuredStep, OwnPlace } from '../../variant.ts';
import { type BootInProgress, breakAfterStep } from './boot-in-progress.ts';

/** Finds out where the guest will see a device that is plugged on a bus which the topology knows nothing of. */
export async function findOwnPlace({ slot, deviceId }: MeasuredStep, boot: BootInProgress): Promise<void> {
  const { session, broken, operations } = boot;
  const own = operations.ownPlace(slot);
  if (!own || typeof slot !== 'number' || !session || broken || operations.placeOf(slot) !== '') return;
  const asked = await session.execute({ execute: 'query-pci', arguments: {} });
  const place = asked.ok ? placeOn(own, qemuFunctions(asked.value) ?? []) : undefined;
  if (place !== undefined) operations.found(slot, place);
  else breakAfterStep(boot, `QEMU has nothing with the bus ${own.bus} that ${deviceId} is to be plugged on`);
}

/** The root buses of QEMU's machines. */
const ROOT_BUSES: ReadonlySet<string> = new Set(['pcie.0', 'pci.0']);

/**
 * The place of a device there, as the agent looks for it. A bridge or port gives its bus its own id; a controller adds the
 * number of the bus, of which it has one: a LUN on it is `channel:target:lun` behind the controller's place, and QEMU's
 * virtio-scsi has the channel 0 only.
 *
 * @returns undefined where no function that QEMU has brings that bus
 */
export function placeOn({ bus, addr = '0' }: OwnPlace, functions: readonly QemuFunction[]): string | undefined {
  const placeOf = (id: string) => functions.find((one) => id !== '' && one.id === id)?.place;
  if (ROOT_BUSES.has(bus)) return pciPlace(addr);
  const bridge = placeOf(bus);
  if (bridge !== undefined) return `${bridge}/${pciPlace(addr)}`;
  const controller = placeOf(bus.replace(/\.0$/, ''));
  if (controller === undefined) return undefined;
  return addr.includes(':') ? `${controller}/0:${addr}` : controller;
}

function pciPlace(addr: string): string {
  const [device = '0', fn = '0'] = addr.split('.');
  return `${device.padStart(2, '0')}.${fn}`;
}
