import { setTimeout as delay } from 'node:timers/promises';
import pDefer from 'p-defer';
import { START_COMMANDS } from '../../qemu/qmp-messages.ts';
import type { Result } from '../../result.ts';
import { conclusionOf } from '../../timeline/conclusion.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import type { Outcome } from '../../vocabulary.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import {
  beginOperation,
  concluded,
  endOperation,
  giveUp,
  isOver,
  type OperationContext,
  perform,
} from './operation.ts';
import { add, canBeDriven, type PluggedDevice, prepareBackend, takeInventory, watch } from './plug.ts';

/** How a machine was brought up. */
export interface Booted {
  readonly outcome: Outcome;
  /** There whenever QEMU got as far as its sockets, whatever the outcome; the caller's to stop. */
  readonly session: Session | undefined;
  /** Of the devices that were there from the start, in their order. */
  readonly started: readonly Outcome[];
  /** Of the plugs during the boot, in their order. */
  readonly plugs: readonly Outcome[];
}

/** What comes with a boot besides its guest. */
export interface WithBoot {
  /** Of devices that are on the machine from its start. */
  readonly started: readonly DeviceOperation[];
  readonly plugs: readonly DuePlug[];
}

const NOTHING: WithBoot = { started: [], plugs: [] };

/**
 * Starts a machine, and has `begin` get a guest going in it: the boot is over when the agent says `ready`. What is to be
 * plugged in the meantime is prepared before.
 */
export async function bootMachine(
  recorder: Recorder,
  signal: AbortSignal,
  operation: Operation,
  start: () => Promise<Result<Session, string>>,
  begin: (session: Session, operation: Operation) => Promise<Result<unknown, string>>,
  { started: devices, plugs }: WithBoot = NOTHING,
): Promise<Booted> {
  let starting: Promise<Result<Session, string>> | undefined;
  let plugged: readonly Promise<Outcome>[] = [];
  const continued = pDefer<number>();
  const ready = pDefer<Outcome>();
  const moments: BootMoments = { continued: continued.promise, ready: ready.promise };

  let devicesEnded: readonly Promise<Outcome>[] = [];
  const prepare = async () => {
    devicesEnded = devices.map((one) => deviceFromStart(recorder, signal, one, moments, () => starting));
    starting = start();
    const started = await starting;
    if (!started.ok) {
      giveUp(recorder, operation, 'no-machine', started.failure);
      return false;
    }
    const due = plugs.map((plug) => plugDuringBoot({ recorder, session: started.value, signal }, plug, moments));
    plugged = due.map(({ ended }) => ended);
    await Promise.all(due.map(({ prepared }) => prepared));
    return true;
  };
  const command = async () => {
    const started = await starting;
    if (!started?.ok) return;
    const begun = begin(started.value, operation);
    continued.resolve(performance.now());
    const answer = await begun;
    if (!answer.ok) giveUp(recorder, operation, 'no-machine', answer.failure);
  };
  const outcome = await perform(recorder, signal, operation, { prepare, command });
  // An interrupt may come while QEMU is still starting. Its start is waited for, since only then can it be ended.
  const started = await starting;
  continued.resolve(performance.now());
  ready.resolve(outcome);
  return {
    outcome,
    session: started?.ok ? started.value : undefined,
    started: await Promise.all(devicesEnded),
    plugs: await Promise.all(plugged),
  };
}

/** A boot from the firmware on. */
export function continueMachine(session: Session): Promise<Result<unknown, string>> {
  return session.execute({ execute: START_COMMANDS.boot, arguments: {} });
}

/**
 * A device that is on the machine from its start. The agent looks for it by itself when the guest is ready: it has a list of such
 * devices (guest/agent/started.c).
 *
 * @param session the machine, when it has been started
 * @returns how the operation ended
 */
async function deviceFromStart(
  recorder: Recorder,
  signal: AbortSignal,
  { operation, plugged }: DeviceOperation,
  { ready }: Pick<BootMoments, 'ready'>,
  session: () => Promise<Result<Session, string>> | undefined,
): Promise<Outcome> {
  const from = recorder.events.length;
  beginOperation(recorder, operation);
  const conclusion = concluded(recorder, signal, operation, from);
  const booted = await ready;
  const isOpen = !isOver(recorder, operation, from);
  if (isOpen && booted === 'ok') canBeDriven(recorder, operation, plugged);
  else if (isOpen) {
    const detail = `the boot that it was to come with ended as ${booted}`;
    giveUp(recorder, operation, 'earlier-failure', detail);
  }
  const outcome = await conclusion;
  const started = await session();
  // The inventory tells `timeout` and `lost` apart.
  if (outcome === undefined && started?.ok) await takeInventory(started.value);
  endOperation(recorder, operation);
  return outcome ?? 'timeout';
}

/** An operation and the device that it is about. */
export interface DeviceOperation {
  readonly operation: Operation;
  readonly plugged: PluggedDevice;
}

/** A plug while the guest boots: the `offsetMs` of its operation is when it is due; without one, as soon as the guest is ready. */
export interface DuePlug extends DeviceOperation {
  /** How long to go on looking after the device is usable, since it may vanish again. */
  readonly holdMs: number;
}

/** What a plug during a boot has to wait for. */
interface BootMoments {
  /** Resolves with the time at which `cont` was written, on `performance.now()`'s clock. */
  readonly continued: Promise<number>;
  /** Resolves when the boot has ended, one way or the other. */
  readonly ready: Promise<Outcome>;
}

/**
 * Plugs a device so long after `cont`, whatever the guest is doing then, or as soon as it is ready. The agent can be told what to look for only when
 * the guest is ready, and then says at once if the device is there already. The guest's inventory at the end tells whether
 * it still is.
 *
 * @returns when the backend is ready and the boot may begin, and how the operation ended
 */
function plugDuringBoot(
  context: OperationContext,
  { operation, plugged, holdMs }: DuePlug,
  { continued, ready }: BootMoments,
): { readonly prepared: Promise<unknown>; readonly ended: Promise<Outcome> } {
  const { recorder, session, signal } = context;
  const from = recorder.events.length;
  beginOperation(recorder, operation);
  const prepared = prepareBackend(context, operation, plugged);
  const isConcluded = () => isOver(recorder, operation, from);

  const finish = async (): Promise<Outcome> => {
    await prepared;
    const { offsetMs } = operation;
    if (offsetMs !== undefined) await delay(Math.max(0, (await continued) + offsetMs - performance.now()));
    const isDue = offsetMs !== undefined || (await ready) === 'ok';
    if (isDue && !isConcluded()) await add(session, operation, plugged);
    const booted = await ready;
    const isDriven = booted === 'ok' && !isConcluded() && canBeDriven(recorder, operation, plugged);
    // What is plugged as soon as the guest is ready is in the agent's own list (guest/agent/started.c).
    if (isDriven && offsetMs !== undefined) await watch(context, operation, plugged);
    if (booted !== 'ok' && !isConcluded()) {
      const detail = `the boot it fell into ended as ${booted}`;
      giveUp(recorder, operation, 'earlier-failure', detail);
    }
    const outcome = await concluded(recorder, signal, operation, from);
    const isRace = offsetMs !== undefined && outcome === 'ok';
    if (isRace) await recorder.waitFor(from, endsTheHold(operation), holdMs);
    if (isRace || outcome === undefined) await takeInventory(session);
    endOperation(recorder, operation);
    return outcome ?? 'timeout';
  };
  return { prepared, ended: finish() };
}

/** After a plug that succeeded, the wait for the rest of its `holdMs` ends early only when the device fails after all. */
function endsTheHold(operation: Operation) {
  return (event: RecordedEvent) => {
    const outcome = conclusionOf(operation, event)?.outcome;
    return outcome === undefined || outcome === 'ok' ? undefined : outcome;
  };
}
