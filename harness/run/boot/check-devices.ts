import { isLun } from '../../drivers/scsi-lun.ts';
import { functionsIn, type GuestFunction, OF_CHECK } from '../../guest/pci-answers.ts';
import { devices as knownDevices } from '../../machine/device/index.ts';
import { type QemuFunction, qemuFunctions } from '../../qemu/pci-functions.ts';
import type { CheckStep, DeviceInSlot } from '../../variant.ts';
import { askJournal } from '../session/observe.ts';
import type { Session } from '../session/session.ts';
import { type BootInProgress, breakAfterStep } from './boot-in-progress.ts';

/** A device that works is used again in milliseconds; times how slow the guest is. */
const USE_MS = 5_000;

/** Whether everything is there and works that the machine is to have at this step. What is wrong fails the run. */
export async function checkDevices({ what, devices }: CheckStep, boot: BootInProgress): Promise<void> {
  const { session, broken } = boot;
  if (!session || broken) return;
  const wrong = await wrongDevices(devices, boot, session);
  if (wrong.length > 0) breakAfterStep(boot, `check of ${what}: ${wrong.join('; ')}`);
  // What the guest has noted until here does not belong to the next operation.
  else await askJournal(session, false);
}

async function wrongDevices(
  devices: readonly DeviceInSlot[],
  boot: BootInProgress,
  session: Session,
): Promise<readonly string[]> {
  const answers = await session.ask('inventory', OF_CHECK);
  if (!answers) return ['the guest did not list its PCI functions'];
  const asked = await session.execute({ execute: 'query-pci', arguments: {} });
  const ofQemu = asked.ok ? qemuFunctions(asked.value) : undefined;
  if (!ofQemu) return [`QEMU did not list its PCI functions${asked.ok ? '' : `: ${asked.failure}`}`];
  const ofGuest = functionsIn(answers);
  const useless = await Promise.all(devices.map((device) => unusable(device, ofGuest, boot, session)));
  return [...differences(ofQemu, ofGuest), ...useless.flatMap((one) => one ?? [])];
}

/**
 * What QEMU has and the guest has not, and the other way round. Places can be there several times: those on the root buses of a
 * pxb-pcie are written like those on the first.
 */
export function differences(
  ofQemu: readonly QemuFunction[],
  ofGuest: readonly Pick<GuestFunction, 'place' | 'driver'>[],
): readonly string[] {
  const left = new Map<string, GuestFunction['driver'][]>();
  for (const { place, driver } of ofGuest) left.set(place, [...(left.get(place) ?? []), driver]);
  const missing = ofQemu.filter(({ place }) => left.get(place)?.pop() === undefined);
  return [
    ...missing.map(
      ({ id, place }) => `QEMU has ${id === '' ? 'a device' : id} at ${place}, and the guest has nothing there`,
    ),
    ...[...left].flatMap(([place, drivers]) =>
      drivers.map(() => `the guest has a device at ${place}, and QEMU has none there`),
    ),
  ];
}

/** What the guest cannot do any more with a device that it could use before. One that is not there has been told of already. */
async function unusable(
  { deviceId, device: name, options, slot }: DeviceInSlot,
  ofGuest: readonly GuestFunction[],
  { operations, recorder }: BootInProgress,
  session: Session,
): Promise<string | undefined> {
  const place = operations.placeOf(slot);
  const device = knownDevices.get(name);
  // Of a LUN the guest's PCI functions have the controller.
  const there = ofGuest.find((one) => place === one.place || (isLun(place) && place.startsWith(`${one.place}/`)));
  if (!device || !there) return undefined;
  const from = recorder.events.length;
  const watch = device.watch(deviceId, options);
  const answers = await session.ask('watch', { device: deviceId, place, ...watch });
  const refusal = answers?.find(({ kind }) => kind === 'rejected');
  if (!answers || refusal)
    return `${deviceId} could not be looked at: ${refusal?.fields.reason ?? 'the guest is silent'}`;
  const used = await session.letRun(() =>
    recorder.waitFor(
      from,
      (event) => {
        if (event.source !== 'agent' || event.direction !== 'received') return undefined;
        const { kind, fields } = event.message;
        return fields.device === deviceId && (kind === 'usable' || kind === 'unusable') ? event.message : undefined;
      },
      USE_MS * session.slowness(),
    ),
  );
  if (used?.kind === 'usable') return undefined;
  if (!used) await session.ask('unwatch', { device: deviceId });
  const driver = there.driver === '-' ? 'no driver' : `the driver ${there.driver}`;
  const why = used?.fields.reason === undefined ? '' : `: ${used.fields.reason}`;
  return `the guest has ${deviceId} at ${place} with ${driver} and cannot use it any more (${watch.class})${why}`;
}
