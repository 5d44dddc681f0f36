import { setTimeout as delay } from 'node:timers/promises';
import type { Device, PlugPlace, Slot } from '../../machine/device/device.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { START_COMMANDS } from '../../qemu/qmp-messages.ts';
import { ok, type Result } from '../../result.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import { kernelLine } from '../../timeline/recording.ts';
import type { Outcome } from '../../vocabulary.ts';
import { askJournal } from '../session/observe.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import { giveUp, type OperationContext, operationField, perform } from './operation.ts';
import { isToRelease, requests } from './requests.ts';

/**
 * Time in which nothing is asked of the guest, before an operation begins. A device is usable while the hot-plug driver is
 * still finishing (lighting the slot's LED, setting its state); a button that is pressed then is dropped or taken for a
 * cancel. A slow guest takes longer for this. On the virtual clock the host's speed must not make a difference, so the time
 * is the same for all.
 */
const REST_BEFORE_MS = 100;

export function restBeforeOperation(session: Session): Promise<void> {
  return session.rest(session.clock === 'real' ? REST_BEFORE_MS * session.slowness() : REST_BEFORE_MS);
}

/**
 * `blockdev-del` is refused with "Node is still in use" until the guest's last request is done. A slower guest is given more
 * attempts (Session.slowness).
 */
const RELEASE_ATTEMPTS = 40;
const RELEASE_PAUSE_MS = 25;

/** Listing its PCI functions takes a guest milliseconds. After a plug that timed out it may be one that hangs for good. */
const INVENTORY_SILENCE_MS = 3_000;

/** A device, its id and options, as a step of the sequence names them. */
export interface PluggedDevice {
  readonly device: Device;
  readonly deviceId: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Where it is not in a slot, QEMU is meant to refuse it. */
  readonly slot: Slot | (PlugPlace & { readonly place?: string });
}

/**
 * Plugs a device: backend, watch in the guest, then the measured `device_add` until the guest can use it.
 *
 * @param start resolves when what is prepared is to begin
 */
export async function plug(
  context: OperationContext,
  operation: Operation,
  plugged: PluggedDevice,
  start: () => Promise<unknown>,
): Promise<Outcome> {
  const { session, recorder, signal } = context;
  if (operation.meantRefused) return plugInVain(context, operation, plugged, start);
  const prepare = async () => {
    const isPrepared = canBeDriven(recorder, operation, plugged) && (await prepareBackend(context, operation, plugged));
    const isWatched = isPrepared && (operation.retry !== undefined || (await watch(context, operation, plugged)));
    await start();
    return isWatched;
  };
  const command = async () => {
    const isAccepted = await requests(context, operation, () => add(session, operation, plugged));
    // What is refused at first may have another device in its slot, which the agent would take for it. A device that is there
    // when the agent is asked is found at once: it seems to have taken longer by one round trip at the most.
    if (isAccepted && operation.retry) await watch(context, operation, plugged);
  };
  const afterTimeout = async () => {
    // The inventory tells `timeout` and `lost` apart. The journal says why, and nothing reads it later.
    if (await takeInventory(session)) await askJournal(session);
  };
  const outcome = await perform(recorder, signal, operation, { prepare, command, afterTimeout }, session.letRun);
  if (outcome === 'withdrawn') await session.ask('unwatch', { device: plugged.deviceId });
  return outcome;
}

/**
 * A plug that QEMU is meant to refuse: it ends with QEMU's answer. Nobody in the guest looks out for the device, in whose
 * place another one may be.
 */
async function plugInVain(
  context: OperationContext,
  operation: Operation,
  plugged: PluggedDevice,
  start: () => Promise<unknown>,
): Promise<Outcome> {
  const { session, recorder, signal } = context;
  const prepare = async () => {
    const isPrepared = await prepareBackend(context, operation, plugged);
    await start();
    return isPrepared;
  };
  const command = async () => {
    if ((await add(session, operation, plugged)).ok) giveUpUnrefused(recorder, operation);
  };
  const outcome = await perform(recorder, signal, operation, { prepare, command }, session.letRun);
  if (outcome === 'refused') await releaseBackend(context, operation, plugged);
  return outcome;
}

function giveUpUnrefused(recorder: Recorder, operation: Operation): void {
  giveUp(recorder, operation, 'not-refused', `QEMU accepted the ${operation.operation}, which it was meant to refuse`);
}

/** Gets a device's backend ready. What QEMU refuses is in the recording; what else went wrong is given up here. */
export async function prepareBackend(
  { session, recorder }: Pick<OperationContext, 'session' | 'recorder'>,
  operation: Operation,
  { device, deviceId, options }: PluggedDevice,
): Promise<boolean> {
  const kept = recorder.events.find(
    (event) => event.source === 'harness' && event.event === 'backend-kept' && event.deviceId === deviceId,
  );
  if (kept?.source === 'harness' && kept.event === 'backend-kept') {
    const detail = `QEMU still has the backend of ${deviceId}, which it did not remove after an unplug: ${kept.detail}`;
    giveUp(recorder, operation, 'no-backend', detail);
    return false;
  }
  const directory = await session.newDirectory();
  for (const process of device.processes(deviceId, options, directory)) {
    const started = await session.startBackend(process);
    if (started.ok) continue;
    giveUp(recorder, operation, 'no-backend', started.failure);
    return false;
  }
  for (const command of device.prepare(deviceId, options, directory)) {
    const prepared = await session.execute(command, operation);
    if (!prepared.ok) return false;
  }
  return true;
}

/**
 * Has the guest's agent look out for the device. Without that a plug can only end as a device that is never found, whatever
 * the guest does with it: where the agent is silent or refuses, that is given up here with the reason.
 */
export async function watch(
  { session, recorder }: Pick<OperationContext, 'session' | 'recorder'>,
  operation: Operation,
  { device, deviceId, options }: PluggedDevice,
): Promise<boolean> {
  const watched = { device: deviceId, place: operation.place ?? '', ...device.watch(deviceId, options) };
  const answers = await session.ask('watch', watched);
  const refusal = answers?.find(({ kind }) => kind === 'rejected');
  if (answers && !refusal) return true;
  const detail = refusal
    ? `the guest's agent does not look out for ${deviceId}: ${refusal.fields.reason}`
    : `the guest's agent was silent when it was asked to look out for ${deviceId}: the guest hangs, or is too slow`;
  giveUp(recorder, operation, 'no-watch', detail);
  return false;
}

/** The measured command, and what has to follow it at once; or what QEMU says against it. */
export async function add(
  session: Session,
  operation: Operation,
  { device, deviceId, options, slot }: PluggedDevice,
): Promise<Result<unknown, string>> {
  for (const command of device.add(deviceId, slot, options)) {
    const added = await session.execute(command, operation);
    if (!added.ok) return added;
  }
  return ok(undefined);
}

export function takeInventory(session: Session): Promise<unknown> {
  return session.ask('inventory', {}, INVENTORY_SILENCE_MS);
}

/** Unplugs a device: from `device_del` to DEVICE_DELETED. Its backend is removed outside the measurement. */
export async function unplug(
  context: OperationContext,
  operation: Operation,
  plugged: PluggedDevice,
  start: () => Promise<unknown>,
): Promise<Outcome> {
  const { session, recorder, signal } = context;
  const prepare = async () => {
    await start();
    return true;
  };
  const request = { execute: START_COMMANDS.unplug, arguments: { id: plugged.deviceId } };
  const command = async () => {
    const accepted = await requests(context, operation, () => session.execute(request, operation));
    if (accepted && operation.meantRefused) giveUpUnrefused(recorder, operation);
  };
  const afterTimeout = () => askJournal(session);
  const outcome = await perform(recorder, signal, operation, { prepare, command, afterTimeout }, session.letRun);
  if (outcome === 'ok' && isToRelease(recorder.events, operation)) await releaseBackend(context, operation, plugged);
  return outcome;
}

/** Has QEMU remove the backend of a device that is not there any more, or never was. What it keeps is in the recording. */
async function releaseBackend(
  { session, recorder }: OperationContext,
  operation: Operation,
  { device, deviceId, options }: PluggedDevice,
): Promise<void> {
  for (const command of device.release(deviceId, options)) {
    const refusal = await release(session, operation, command);
    if (refusal === undefined) continue;
    const kept = { event: 'backend-kept', ...operationField(operation), deviceId, detail: refusal } as const;
    recorder.record({ source: 'harness', ...kept });
  }
}

/** Has QEMU remove a part of a backend; what it says against it in the end. */
async function release(session: Session, operation: Operation, command: QmpCommand): Promise<string | undefined> {
  let refusal: string | undefined;
  for (let attempt = 0; attempt < RELEASE_ATTEMPTS * session.slowness(); attempt++) {
    const released = await session.execute(command, operation);
    if (released.ok) return undefined;
    refusal = released.failure;
    await delay(RELEASE_PAUSE_MS);
  }
  return refusal;
}

/** Whether the guest has loaded the modules that a device needs. Where it has not, no wait would help: it is given up here. */
export function canBeDriven(recorder: Recorder, operation: Operation, { device, options }: PluggedDevice): boolean {
  const detail = missingModule(recorder.events, device.guestModules(options));
  if (detail === undefined) return true;
  giveUp(recorder, operation, 'module-failed', detail);
  return false;
}

/** Of what the kernel says of a module, the first lines have the reason. */
const SHOWN_LINES = 2;

/**
 * Why the first of these modules that the guest has not loaded is missing: what the loading call said, and what the kernel
 * wrote to its log. Undefined if it has all of them, as modules or built in.
 */
export function missingModule(events: readonly RecordedEvent[], modules: readonly string[]): string | undefined {
  for (const event of events) {
    if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'module-failed') continue;
    const { name: file = '', reason = '' } = event.message.fields;
    const name = moduleName(file);
    if (!modules.some((module) => moduleName(module) === name)) continue;
    const said = [...new Set(events.flatMap((one) => kernelLine(one) ?? []))].filter((line) => saysOf(line, name));
    const kernel = said.length === 0 ? '' : `; its kernel: ${said.slice(0, SHOWN_LINES).join('; ')}`;
    return `the guest could not load ${file}: ${reason}${kernel}`;
  }
  return undefined;
}

/** The kernel takes `-` and `_` in names of modules for one; files have either. */
function moduleName(file: string): string {
  return file.replace(/\.ko$/, '').replaceAll('-', '_');
}

/** Lines about a module begin with its name, or have it in quotes. */
function saysOf(line: string, name: string): boolean {
  return line.replaceAll('-', '_').includes(name) && !line.startsWith('Kernel command line');
}
