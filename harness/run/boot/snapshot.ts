import { createReadStream, createWriteStream } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pDefer from 'p-defer';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { START_COMMANDS } from '../../qemu/qmp-messages.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import { receivedQmpEvent } from '../../timeline/recording.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import type { Broken } from './operation.ts';
import type { GuestSlots } from './verify-guest.ts';

/** Where a guest is saved. */
export interface SavePlace {
  /** For QEMU's migration stream. */
  readonly file: string;
  /** For sockets, whose paths have to be short. */
  readonly directory: string;
}

/** A guest that was saved when it was ready. */
export interface Snapshot extends SavePlace {
  /** What the guest said of its slots; they are the same in every restored one. */
  readonly slots?: GuestSlots;
  /** Lines of its kernel log, which a restored guest does not repeat. */
  readonly kernelLog: readonly string[];
  /** Why nothing can be measured on it. */
  readonly broken?: Broken;
}

/** What became of the boot that was to be saved. */
export type Saved = Snapshot | { readonly unavailable: Broken };

/** No limit in practice. QEMU's default of 128 MiB/s is meant for migration over a network; here it goes into a file. */
const UNLIMITED_BYTES_PER_SECOND = 2 ** 40;
/** How long neither a byte nor an event may come; times how slow the guest is. A disk that is written back stalls for seconds. */
const MIGRATION_SILENCE_MS = 60_000;

/** How long after QEMU's error that of the disk may come, if there is one. */
const DISK_ERROR_MS = 200;

/**
 * Saves a guest with QEMU's own migration stream, through a socket: QEMU's sandbox lets it start no command to write to,
 * and QEMU 7.2 cannot write the stream to a file itself. The guest is stopped by it. The failure is QEMU's reason, or that
 * of the disk.
 */
export async function saveFrom(
  session: Session,
  recorder: Recorder,
  { file, directory }: SavePlace,
): Promise<Result<void, string>> {
  const socket = await listenOnce(join(directory, 'save'), file, recorder.hear);
  try {
    await session.execute({
      execute: 'migrate-set-parameters',
      arguments: { 'max-bandwidth': UNLIMITED_BYTES_PER_SECOND },
    });
    await session.execute({ execute: 'stop', arguments: {} });
    const uri = `unix:${socket.path}`;
    const moved = await migrate(session, recorder, { execute: 'migrate', arguments: { uri } });
    // When the disk is full the socket is closed, which QEMU reports. The disk's error says more, and may be heard later.
    await (moved.ok ? socket.received : Promise.race([socket.received, delay(DISK_ERROR_MS)]));
    const failure = socket.failure() ?? (moved.ok ? undefined : moved.failure);
    return failure === undefined ? ok(undefined) : fail(failure);
  } finally {
    socket.close();
  }
}

/** Brings the saved guest into a machine that waits for one, and lets it go on. The agent then says `ready` once more. */
export function restoreInto({ file, directory }: SavePlace, recorder: Recorder) {
  return async (session: Session, operation: Operation): Promise<Result<unknown, string>> => {
    restoreCount += 1;
    const path = join(directory, `restore-${restoreCount}`);
    const command = { execute: START_COMMANDS.restore, arguments: { uri: `unix:${path}` } };
    // QEMU listens on the socket from its reply on.
    const moved = await migrate(session, recorder, command, operation, () =>
      pipeline(createReadStream(file).on('data', recorder.hear), connect(path)).catch(() => undefined),
    );
    if (!moved.ok) return fail(`the saved guest cannot be restored: ${moved.failure}`);
    const going = await session.execute({ execute: START_COMMANDS.boot, arguments: {} });
    if (!going.ok) return going;
    return (await session.ask('hello')) ? ok(undefined) : fail('the restored guest does not answer');
  };
}

/** Names of sockets that several boots may use at the same time. */
let restoreCount = 0;

/** Has QEMU send or take in the whole stream, and waits until it has. */
async function migrate(
  session: Session,
  recorder: Recorder,
  command: QmpCommand,
  operation?: Operation,
  begun: () => unknown = () => undefined,
): Promise<Result<void, string>> {
  // Off by default; without it the end would have to be asked for again and again.
  const capabilities = [{ capability: 'events', state: true }];
  await session.execute({ execute: 'migrate-set-capabilities', arguments: { capabilities } });
  const from = recorder.events.length;
  const accepted = await session.execute(command, operation);
  if (!accepted.ok) return accepted;
  begun();
  const silenceMs = MIGRATION_SILENCE_MS * session.slowness();
  const status = await recorder.waitForAnswer(from, endOfMigration, silenceMs);
  if (status === 'completed') return ok(undefined);
  if (status === undefined) return fail(`nothing was heard of the migration for ${Math.round(silenceMs / 1000)} s`);
  const answer = await session.execute({ execute: 'query-migrate', arguments: {} });
  const why = answer.ok ? (answer.value as { readonly 'error-desc'?: string })['error-desc'] : undefined;
  return fail(why ?? `the migration ended as ${status}`);
}

function endOfMigration(event: RecordedEvent): string | undefined {
  if (event.source === 'process' && event.event === 'exited') return 'the end of QEMU';
  const message = receivedQmpEvent(event);
  if (message?.event !== 'MIGRATION') return undefined;
  return ['completed', 'failed', 'cancelled'].find((end) => end === message.data.status);
}

/** A socket whose first connection is written to a file; `received` resolves when all of it is there, or cannot be. */
async function listenOnce(path: string, file: string, onBytes: () => void) {
  const received = pDefer<void>();
  let failure: string | undefined;
  const server = createServer(async (connection) => {
    connection.on('data', onBytes);
    await pipeline(connection, createWriteStream(file)).catch((error: NodeJS.ErrnoException) => {
      // QEMU reports a broken stream itself.
      const isBroken = error.syscall === 'read' || error.code === 'ERR_STREAM_PREMATURE_CLOSE';
      if (!isBroken) failure = `cannot write the saved guest: ${error.message}`;
    });
    received.resolve();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return { path, received: received.promise, failure: () => failure, close: () => server.close() };
}
