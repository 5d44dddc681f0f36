import { setTimeout as delay } from 'node:timers/promises';
import type { Device } from '../machine/device/device.ts';
import type { QmpCommand } from '../machine/qemu-syntax.ts';
import type { Slot } from '../machine/slot.ts';
import { conclusionOf } from '../timeline/conclusion.ts';
import type { GivenUp, Operation, RecordedEvent } from '../timeline/recording.ts';
import type { Outcome } from '../vocabulary.ts';
import type { Broken } from './broken.ts';
import { missingModule } from './missing-module.ts';
import { askJournal } from './observe.ts';
import { once } from './once.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/**
 * Quiet time before an operation begins. "Usable" comes while the hot-plug driver is still finishing (lighting the
 * slot's LED, setting its state); a button pressed then is dropped or read as a cancel. A slow guest takes longer for it; on
 * the virtual clock none is slower than another, and the host's speed must not show.
 */
const SETTLE_MS = 100;

/** Lets a guest come to rest before an operation. */
export function letSettle(session: Session): Promise<void> {
  return session.rest(session.clock === 'real' ? SETTLE_MS * session.slowness() : SETTLE_MS);
}

/** `blockdev-del` is refused with "Node is still in use" until the guest's last request is done. Times how slow it is. */
const RELEASE_ATTEMPTS = 40;
const RELEASE_PAUSE_MS = 25;

/** Listing its PCI functions takes a guest milliseconds. After a plug that timed out it may be one that hangs for good. */
const INVENTORY_SILENCE_MS = 3_000;

/** Where operations are performed: a VM, what writes down what it does, and the user's wish to stop. */
export interface OperationContext {
  readonly recorder: Recorder;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** A device, its id and options, as a step of the sequence names them. */
export interface PluggedDevice {
  readonly device: Device;
  readonly deviceId: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly slot: Slot;
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
  const prepare = async () => {
    const isPrepared = canBeDriven(recorder, operation, plugged) && (await prepareBackend(context, operation, plugged));
    const isWatched = isPrepared && (await watch(context, operation, plugged));
    await start();
    return isWatched;
  };
  const command = () => add(session, operation, plugged);
  const afterTimeout = async () => {
    // What the guest has when nothing more was heard tells `timeout` and `lost` apart.
    if (await takeInventory(session)) await takeNotes(session);
  };
  return perform(recorder, signal, operation, { prepare, command, afterTimeout }, session.letRun);
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
    recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason: 'no-backend', detail });
    return false;
  }
  const directory = await session.newDirectory();
  for (const process of device.processes(deviceId, options, directory)) {
    const started = await session.startBackend(process);
    if (started.ok) continue;
    recorder.record({
      source: 'harness',
      event: 'give-up',
      ...of(operation),
      reason: 'no-backend',
      detail: started.failure,
    });
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
  { device, deviceId, options, slot }: PluggedDevice,
): Promise<boolean> {
  const watched = { device: deviceId, place: slot.place, ...device.watch(deviceId, options) };
  const answers = await session.ask('watch', watched);
  const refusal = answers?.find(({ kind }) => kind === 'rejected');
  if (answers && !refusal) return true;
  const detail = refusal
    ? `the guest's agent does not look out for ${deviceId}: ${refusal.fields.reason}`
    : `the guest's agent was silent when it was asked to look out for ${deviceId}: the guest hangs, or is too slow`;
  recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason: 'no-watch', detail });
  return false;
}

/** The measured command, and what has to follow it at once. */
export async function add(
  session: Session,
  operation: Operation,
  { device, deviceId, options, slot }: PluggedDevice,
): Promise<void> {
  for (const command of device.add(deviceId, slot, options)) {
    const added = await session.execute(command, operation);
    if (!added.ok) return;
  }
}

export function takeInventory(session: Session): Promise<unknown> {
  return session.ask('inventory', {}, INVENTORY_SILENCE_MS);
}

/** What the guest has noted while an operation was waited for in vain: nothing reads its journal later, and it says why. */
function takeNotes(session: Session): Promise<unknown> {
  return askJournal(session);
}

/** Unplugs a device: from `device_del` to DEVICE_DELETED. Its backend is removed outside the measurement. */
export async function unplug(
  { session, recorder, signal }: OperationContext,
  operation: Operation,
  { device, deviceId, options }: PluggedDevice,
  start: () => Promise<unknown>,
): Promise<Outcome> {
  const prepare = async () => {
    await start();
    return true;
  };
  const command = () => session.execute({ execute: 'device_del', arguments: { id: deviceId } }, operation);
  const afterTimeout = () => takeNotes(session);
  const outcome = await perform(recorder, signal, operation, { prepare, command, afterTimeout }, session.letRun);
  if (outcome !== 'ok') return outcome;
  for (const command of device.release(deviceId, options)) {
    const refusal = await release(session, operation, command);
    if (refusal === undefined) continue;
    recorder.record({ source: 'harness', event: 'backend-kept', ...of(operation), deviceId, detail: refusal });
  }
  return outcome;
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
  recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason: 'module-failed', detail });
  return false;
}

/** An operation that is not tried. After a failure that is expected, that is expected, too. */
export function skip(recorder: Recorder, operation: Operation, { reason, detail }: Broken): void {
  const expected = reason === 'expected-failure' ? { expected: ['aborted'] as const } : {};
  recorder.record({ source: 'harness', event: 'begin', operation: { ...operation, ...expected } });
  recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason, detail });
  recorder.record({ source: 'harness', event: 'end', ...of(operation) });
}

/** The number by which events of an operation are told from those of others that go on at the same time. */
export function of({ number }: Operation): { readonly operation?: number } {
  return number === undefined ? {} : { operation: number };
}

/** What is done for an operation. */
interface Deeds {
  /** What has to be there before the measured command; false, with the reason in the recording, where that failed. */
  readonly prepare: () => Promise<boolean>;
  /** The measured command and what has to follow it at once. Not given when the operation is over before. */
  readonly command: () => Promise<unknown>;
  readonly afterTimeout?: () => Promise<unknown>;
}

/**
 * Begins the operation, prepares it and gives its command, and waits until an event concludes it, its time is up or the
 * user interrupts. Its time counts from the command: preparations have limits of their own. The end is not waited for
 * through `command`: a device may be usable before the reply to `device_add` is read.
 */
export async function perform(
  recorder: Recorder,
  signal: AbortSignal,
  operation: Operation,
  { prepare, command, afterTimeout }: Deeds,
  letRun: Session['letRun'] = (wait) => wait(),
): Promise<Outcome> {
  const from = recorder.events.length;
  recorder.record({ source: 'harness', event: 'begin', operation });
  const begun = once<void>();
  const act = async () => {
    const isPrepared = await prepare();
    begun.resolve();
    if (isPrepared && !isOver(recorder, operation, from)) await command();
  };
  const acted = act();
  const conclusion = concluded(recorder, signal, operation, from, begun.promise);
  // On the virtual clock the guest stands still until the command is given.
  await Promise.race([acted, conclusion]);
  const outcome = await letRun(() => conclusion);
  if (outcome === undefined) await afterTimeout?.();
  else if (outcome === 'ok') await acted;
  recorder.record({ source: 'harness', event: 'end', ...of(operation) });
  return outcome ?? 'timeout';
}

/** Whether an event from position `from` on has concluded the operation. */
export function isOver(recorder: Recorder, operation: Operation, from: number): boolean {
  return recorder.events.slice(from).some((event) => conclusionOf(operation, event) !== undefined);
}

/**
 * How the operation ends, by the events from position `from` on. Undefined when nothing was heard within its time, which
 * counts from when `begun` resolves, or from now; that is then recorded. So is an interrupt by the user.
 */
export async function concluded(
  recorder: Recorder,
  signal: AbortSignal,
  operation: Operation,
  from: number,
  begun?: Promise<unknown>,
): Promise<Outcome | undefined> {
  const giveUp = (reason: GivenUp, detail: string) =>
    recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason, detail });
  const interrupt = () => giveUp('interrupted', 'the run was interrupted');
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt);
  const conclusion = (event: RecordedEvent) => conclusionOf(operation, event)?.outcome;
  const outcome = await recorder.waitFor(from, conclusion, operation.timeoutMs, begun);
  signal.removeEventListener('abort', interrupt);
  if (outcome === undefined) giveUp('timeout', `nothing within ${operation.timeoutMs} ms`);
  return outcome;
}
