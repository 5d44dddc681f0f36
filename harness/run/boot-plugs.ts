import { setTimeout as delay } from 'node:timers/promises';
import { conclusionOf } from '../timeline/conclusion.ts';
import type { Operation, RecordedEvent } from '../timeline/recording.ts';
import type { Outcome } from '../vocabulary.ts';
import {
  add,
  canBeDriven,
  concluded,
  isOver,
  type OperationContext,
  of,
  type PluggedDevice,
  prepareBackend,
  takeInventory,
  watch,
} from './operations.ts';

/** A plug while the guest boots: the operation, whose `offsetMs` is when it is due, and the device. */
export interface DuePlug {
  readonly operation: Operation;
  readonly plugged: PluggedDevice;
  /** How long to go on looking after the device is usable, since it may vanish again. */
  readonly holdMs: number;
}

/** What happens to the boot in the meantime. */
export interface BootUnderWay {
  /** Resolves with the time at which `cont` was written, on `performance.now()`'s clock. */
  readonly continued: Promise<number>;
  /** Resolves when the boot has ended, one way or the other. */
  readonly ready: Promise<Outcome>;
}

/**
 * Plugs a device so long after `cont`, whatever the guest is doing then. The agent can be told what to look for only when
 * the guest is ready, and then says at once if the device is there already. The guest's inventory at the end tells whether
 * it still is.
 *
 * @returns when the backend is ready and the boot may begin, and how the operation ended
 */
export function plugDuringBoot(
  context: OperationContext,
  { operation, plugged, holdMs }: DuePlug,
  { continued, ready }: BootUnderWay,
): { readonly prepared: Promise<unknown>; readonly ended: Promise<Outcome> } {
  const { recorder, session, signal } = context;
  const from = recorder.events.length;
  recorder.record({ source: 'harness', event: 'begin', operation });
  const prepared = prepareBackend(context, operation, plugged);
  const isConcluded = () => isOver(recorder, operation, from);

  const finish = async (): Promise<Outcome> => {
    await prepared;
    const dueAt = (await continued) + (operation.offsetMs ?? 0);
    await delay(Math.max(0, dueAt - performance.now()));
    if (!isConcluded()) await add(session, operation, plugged);
    const booted = await ready;
    if (booted === 'ok' && !isConcluded() && canBeDriven(recorder, operation, plugged))
      await watch(context, operation, plugged);
    if (booted !== 'ok' && !isConcluded()) {
      const detail = `the boot it fell into ended as ${booted}`;
      recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason: 'earlier-failure', detail });
    }
    const outcome = await concluded(recorder, signal, operation, from);
    if (outcome === 'ok') await recorder.waitFor(from, endsTheHold(operation), holdMs);
    if (outcome === 'ok' || outcome === undefined) await takeInventory(session);
    recorder.record({ source: 'harness', event: 'end', ...of(operation) });
    return outcome ?? 'timeout';
  };
  return { prepared, ended: finish() };
}

/** While a good end is being held, anything bad ends the wait. */
function endsTheHold(operation: Operation) {
  return (event: RecordedEvent) => {
    const outcome = conclusionOf(operation, event)?.outcome;
    return outcome === undefined || outcome === 'ok' ? undefined : outcome;
  };
}
