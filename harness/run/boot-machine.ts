import type { Result } from '../result.ts';
import type { Operation } from '../timeline/recording.ts';
import type { Outcome } from '../vocabulary.ts';
import { type BootUnderWay, type DuePlug, plugDuringBoot } from './boot-plugs.ts';
import { once } from './once.ts';
import { of, perform } from './operations.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** How a machine was brought up. */
export interface Booted {
  readonly outcome: Outcome;
  /** There whenever QEMU got as far as its sockets, whatever the outcome; the caller's to stop. */
  readonly session: Session | undefined;
  /** Of the plugs during the boot, in their order. */
  readonly plugs: readonly Outcome[];
}

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
  plugs: readonly DuePlug[] = [],
): Promise<Booted> {
  let starting: Promise<Result<Session, string>> | undefined;
  let racing: readonly Promise<Outcome>[] = [];
  const continued = once<number>();
  const ready = once<Outcome>();
  const underWay: BootUnderWay = { continued: continued.promise, ready: ready.promise };
  const giveUp = (detail: string) =>
    recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason: 'no-machine', detail });

  const prepare = async () => {
    starting = start();
    const started = await starting;
    if (!started.ok) {
      giveUp(started.failure);
      return false;
    }
    const due = plugs.map((plug) => plugDuringBoot({ recorder, session: started.value, signal }, plug, underWay));
    racing = due.map(({ ended }) => ended);
    await Promise.all(due.map(({ prepared }) => prepared));
    return true;
  };
  const command = async () => {
    const started = await starting;
    if (!started?.ok) return;
    const begun = begin(started.value, operation);
    continued.resolve(performance.now());
    const answer = await begun;
    if (!answer.ok) giveUp(answer.failure);
  };
  const outcome = await perform(recorder, signal, operation, { prepare, command });
  // An interrupt may come while QEMU is still starting: it has to be waited for, or nobody would end it.
  const started = await starting;
  continued.resolve(performance.now());
  ready.resolve(outcome);
  return { outcome, session: started?.ok ? started.value : undefined, plugs: await Promise.all(racing) };
}

/** A boot from the firmware on. */
export function continueMachine(session: Session): Promise<Result<unknown, string>> {
  return session.execute({ execute: 'cont', arguments: {} });
}
