import { setImmediate } from 'node:timers/promises';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { START_COMMANDS } from '../../qemu/qmp-messages.ts';
import { ok, type Result } from '../../result.ts';
import type { RecordedEvent } from '../../timeline/recording.ts';
import { receivedQmpEvent } from '../../timeline/recording.ts';
import { type Breakpoint, haltAtKernelEntry } from './kernel-entry.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { readClock, readCoarseClock } from './virtual-clock.ts';

/** Commands with which an operation of a running guest begins: they are carried out while it stands still. */
const MEASURED: ReadonlySet<string> = new Set([START_COMMANDS.plug, START_COMMANDS.unplug]);
const CONTINUE: QmpCommand = { execute: START_COMMANDS.boot, arguments: {} };
const HALT: QmpCommand = { execute: 'stop', arguments: {} };

/** A wait that begins to be limited when this resolves has no limit: the boot has its own, and QEMU's end ends it. */
const NEVER = new Promise<never>(() => {});

/** Whether a booting guest was halted at its kernel's entry, or will not come by any more. */
function halted(event: RecordedEvent): 'halted' | 'past' | undefined {
  if (event.source === 'process' && event.event === 'exited') return 'past';
  if (event.source === 'agent') return 'past';
  return receivedQmpEvent(event)?.event === 'STOP' ? 'halted' : undefined;
}

/**
 * A session whose guest runs only while something is waited for. An idle guest on the virtual clock leaps from timer to
 * timer and would be hours further on when the harness comes back to it. Each time it is halted the clock is read and
 * recorded. What begins an operation is done while it stands still, so that the reading is the operation's start; commands
 * that are given together (a burst) all start at that one time.
 */
export function onVirtualClock(session: Session, recorder: Recorder): Session {
  let waiting = 0;
  let isRunning = false;
  let isRestored = false;
  let offsetNs: number | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const acted = turn.then(act);
    turn = acted.catch(() => undefined);
    return acted;
  };

  const recordUnread = (detail: string) =>
    recorder.record({ source: 'harness', event: 'virtual-clock-unread', detail });
  const read = async () => {
    const reading = await readClock(session, offsetNs);
    if (reading.ok) {
      const { virtualNs, hpetNs } = reading.value;
      offsetNs = virtualNs - hpetNs;
      recorder.record({ source: 'harness', event: 'virtual-clock', virtualNs, hpetNs });
    } else recordUnread(reading.failure);
  };
  const go = async () => {
    if (isRunning) return;
    isRunning = true;
    await session.execute(CONTINUE);
  };
  const halt = async () => {
    if (!isRunning) return;
    await session.execute(HALT);
    isRunning = false;
    await read();
  };
  const goOrHalt = () => inTurn(() => (waiting > 0 ? go() : halt()));

  const letRun = async <Answer>(wait: () => Promise<Answer>): Promise<Answer> => {
    waiting += 1;
    try {
      const answer = wait();
      await goOrHalt();
      return await answer;
    } finally {
      waiting -= 1;
      await goOrHalt();
    }
  };
  const execute: Session['execute'] = (command, operation) => {
    if (command.execute === START_COMMANDS.boot) return inTurn(() => begin(command));
    if (command.execute === 'stop') return inTurn(async () => ok(await halt()));
    isRestored ||= command.execute === START_COMMANDS.restore;
    if (!MEASURED.has(command.execute)) return session.execute(command, operation);
    const done = inTurn(async () => {
      await (isRunning ? halt() : read());
      return session.execute(command, operation);
    });
    // After the commands that were given together with it.
    done.then(goOrHalt, () => undefined);
    return done;
  };
  /**
   * The first instruction of a fresh guest, at 0: from here on it runs until an answer of it has been waited for, but for a
   * halt at its kernel's entry. A saved guest brings its clock along and has nothing to do until it is asked something: let
   * go now, it would leap from timer to timer until the question comes, an hour or more on a busy host.
   */
  const begin = async (command: QmpCommand): Promise<Result<unknown, string>> => {
    if (isRestored) {
      await read();
      return ok(undefined);
    }
    const entry = await haltAtKernelEntry(session);
    if (!entry.ok) return entry;
    recorder.waitFor(recorder.events.length, halted, 0, NEVER).then((how) => {
      if (how === 'halted') inTurn(() => passKernelEntry(entry.value));
    });
    isRunning = true;
    return session.execute(command);
  };
  const passKernelEntry = async ({ remove }: Breakpoint) => {
    await remove();
    const reading = await readCoarseClock(session);
    if (reading.ok)
      recorder.record({ source: 'harness', event: 'virtual-clock', virtualNs: reading.value, at: 'kernel-entry' });
    else recordUnread(reading.failure);
    await session.execute(CONTINUE);
  };
  const ask: Session['ask'] = (verb, fields, timeoutMs) => letRun(() => session.ask(verb, fields, timeoutMs));
  return {
    ...session,
    clock: 'virtual',
    execute,
    ask,
    letRun,
    rest: async (durationMs) => {
      // What begins now has to be given first, or the guest would leap over the rest before it.
      await setImmediate();
      await ask('rest', { us: String(Math.ceil(durationMs * 1000)) });
    },
    stop: async (how) => {
      // A guest that stands still cannot power itself off.
      if (how === 'orderly') await inTurn(go);
      await session.stop(how);
    },
  };
}
