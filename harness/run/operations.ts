import { setTimeout as delay } from 'node:timers/promises';
import type { Device } from '../device/device.ts';
import type { Result } from '../result.ts';
import { conclusionOf, type Outcome } from '../timeline/conclusion.ts';
import type { GivenUp, Operation } from '../timeline/recording.ts';
import type { Slot } from '../topology/topology.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/**
 * Round trips after each operation, from which the shortest ties the guest's clock to the host's. Under TCG the best of
 * 12 is within about 0.1 ms of the best of 100, and 12 cost about 15 ms.
 */
const ECHOES = 12;

/**
 * Quiet time before an operation begins. "Usable" comes while the hot-plug driver is still finishing (lighting the
 * slot's LED, setting its state); a button pressed then is dropped or read as a cancel.
 */
const SETTLE_MS = 100;

/** `blockdev-del` is refused with "Node is still in use" until the guest's last request is done. */
const RELEASE_ATTEMPTS = 40;
const RELEASE_PAUSE_MS = 25;

/** How long a guest may take to list its PCI functions after a plug timed out. */
const INVENTORY_TIMEOUT_MS = 3_000;

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
 * Starts a machine and boots it: from `cont` to the agent's `ready`. The session is there whenever QEMU got as far as
 * its sockets, whatever the outcome, and is the caller's to stop.
 */
export async function boot(
  recorder: Recorder,
  signal: AbortSignal,
  operation: Operation,
  start: () => Promise<Result<Session, string>>,
): Promise<{ readonly outcome: Outcome; readonly session: Session | undefined }> {
  let starting: Promise<Result<Session, string>> | undefined;
  const outcome = await perform(recorder, signal, operation, async () => {
    starting = start();
    const started = await starting;
    if (started.ok) await started.value.execute({ execute: 'cont', arguments: {} });
    else recorder.record({ source: 'harness', event: 'give-up', reason: 'no-machine', detail: started.failure });
  });
  // An interrupt may come while QEMU is still starting: it has to be waited for, or nobody would end it.
  const started = await starting;
  const session = started?.ok ? started.value : undefined;
  if (outcome === 'ok' && session) await observe(session);
  return { outcome, session };
}

/** Plugs a device: backend, watch in the guest, then the measured `device_add` until the guest can use it. */
export async function plug(context: OperationContext, operation: Operation, plugged: PluggedDevice): Promise<Outcome> {
  const { session, recorder, signal } = context;
  const { device, deviceId, options, slot } = plugged;
  await delay(SETTLE_MS);
  const act = async () => {
    for (const command of device.prepare(deviceId, options)) {
      const prepared = await session.execute(command);
      if (!prepared.ok) return;
    }
    await session.ask('watch', { device: deviceId, place: slot.place, class: device.usable });
    await session.execute(device.add(deviceId, slot, options));
  };
  // What the guest has when nothing more was heard tells `timeout` and `lost` apart.
  const takeInventory = () => session.ask('inventory', {}, INVENTORY_TIMEOUT_MS);
  const outcome = await perform(recorder, signal, operation, act, takeInventory);
  if (outcome === 'ok') await observe(session);
  return outcome;
}

/** Unplugs a device: from `device_del` to DEVICE_DELETED. Its backend is removed outside the measurement. */
export async function unplug(
  context: OperationContext,
  operation: Operation,
  plugged: PluggedDevice,
): Promise<Outcome> {
  const { session, recorder, signal } = context;
  const { device, deviceId, options } = plugged;
  await delay(SETTLE_MS);
  const act = () => session.execute({ execute: 'device_del', arguments: { id: deviceId } });
  const outcome = await perform(recorder, signal, operation, act);
  if (outcome !== 'ok') return outcome;
  for (const command of device.release(deviceId, options)) {
    for (let attempt = 0; attempt < RELEASE_ATTEMPTS && !(await session.execute(command)).ok; attempt++) {
      await delay(RELEASE_PAUSE_MS);
    }
  }
  await observe(session);
  return outcome;
}

/** Clock echoes, then what the guest kept for us: uevents and kernel lines. */
async function observe(session: Session): Promise<void> {
  for (let echo = 0; echo < ECHOES; echo++) {
    // A guest that does not answer one will not answer the next.
    if (!(await session.ask('echo'))) return;
  }
  await session.ask('journal');
}

/** Records an operation that is not even tried, and why, so that every planned sample has an outcome. */
export function skip(recorder: Recorder, operation: Operation, reason: GivenUp, detail: string): void {
  recorder.record({ source: 'harness', event: 'begin', operation });
  recorder.record({ source: 'harness', event: 'give-up', reason, detail });
  recorder.record({ source: 'harness', event: 'end' });
}

/**
 * Begins the operation, starts what `act` does, and waits until an event concludes it, its time is up or the user
 * interrupts. The end is not waited for through `act`: a device may be usable before the reply to `device_add` is read.
 */
async function perform(
  recorder: Recorder,
  signal: AbortSignal,
  operation: Operation,
  act: () => Promise<unknown>,
  afterTimeout?: () => Promise<unknown>,
): Promise<Outcome> {
  const from = recorder.events.length;
  const giveUp = (reason: GivenUp, detail: string) =>
    recorder.record({ source: 'harness', event: 'give-up', reason, detail });
  const interrupt = () => giveUp('interrupted', 'the run was interrupted');

  recorder.record({ source: 'harness', event: 'begin', operation });
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt);
  const acted = act();
  const outcome = await recorder.waitFor(from, (event) => conclusionOf(operation, event)?.outcome, operation.timeoutMs);
  signal.removeEventListener('abort', interrupt);
  if (outcome === undefined) {
    giveUp('timeout', `nothing within ${operation.timeoutMs} ms`);
    await afterTimeout?.();
  } else if (outcome === 'ok') {
    await acted;
  }
  recorder.record({ source: 'harness', event: 'end' });
  return outcome ?? 'timeout';
}
