import pDefer from 'p-defer';
import { conclusionOf } from '../../timeline/conclusion.ts';
import type { GivenUp, Operation, RecordedEvent } from '../../timeline/recording.ts';
import type { Outcome } from '../../vocabulary.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';

/** Where operations are performed: a VM, what writes down what it does, and the user's wish to stop. */
export interface OperationContext {
  readonly recorder: Recorder;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** Why the operations that are left in a boot are not tried. */
export interface Broken {
  readonly reason: GivenUp;
  readonly detail: string;
}

/**
 * Records an operation that is not tried. Where the scenario expects the failure before it, this is expected as well, so that
 * the run does not count as failed.
 */
export function skip(recorder: Recorder, operation: Operation, { reason, detail }: Broken): void {
  const expected = reason === 'expected-failure' ? { expected: ['aborted'] as const } : {};
  beginOperation(recorder, { ...operation, ...expected });
  giveUp(recorder, operation, reason, detail);
  endOperation(recorder, operation);
}

/** From here on, what is recorded may conclude the operation. */
export function beginOperation(recorder: Recorder, operation: Operation): void {
  recorder.record({ source: 'harness', event: 'begin', operation });
}

/** Nothing more is waited for: the reason decides the outcome (timeline/conclusion.ts). */
export function giveUp(recorder: Recorder, operation: Operation, reason: GivenUp, detail: string): void {
  recorder.record({ source: 'harness', event: 'give-up', ...operationField(operation), reason, detail });
}

export function endOperation(recorder: Recorder, operation: Operation): void {
  recorder.record({ source: 'harness', event: 'end', ...operationField(operation) });
}

/** The number tells events of an operation from those of others that go on at the same time. */
export function operationField({ number }: Operation): { readonly operation?: number } {
  return number === undefined ? {} : { operation: number };
}

/** What the harness does for an operation. */
interface OperationActions {
  /** Before the measured command; false where it failed, with the reason in the recording. */
  readonly prepare: () => Promise<boolean>;
  /** The measured command and what has to follow it at once. Not called when the operation is over before. */
  readonly command: () => Promise<unknown>;
  /** After the time is up in which nothing concluded the operation. */
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
  { prepare, command, afterTimeout }: OperationActions,
  letRun: Session['letRun'] = (wait) => wait(),
): Promise<Outcome> {
  const from = recorder.events.length;
  beginOperation(recorder, operation);
  const begun = pDefer<void>();
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
  endOperation(recorder, operation);
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
  const interrupt = () => giveUp(recorder, operation, 'interrupted', 'the run was interrupted');
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt);
  const conclusion = (event: RecordedEvent) => conclusionOf(operation, event)?.outcome;
  const outcome = await recorder.waitFor(from, conclusion, operation.timeoutMs, begun);
  signal.removeEventListener('abort', interrupt);
  if (outcome === undefined) giveUp(recorder, operation, 'timeout', `nothing within ${operation.timeoutMs} ms`);
  return outcome;
}
