import { closeSync, fstatSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { fail, ok, type Result } from '../result.ts';
import { identify, identityName } from './process-identity.ts';

/** From SIGTERM to SIGKILL. QEMU ends within a few milliseconds of SIGTERM unless it hangs. */
const GRACE_MS = 2_000;

export interface StartOptions {
  /** A path, or a name looked up in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** Emptied, then written by the process itself. Without one, stderr is kept in the registry's directory. */
  readonly stderrFile?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why a process did not start. `message` is one line for people, with the command in it. */
export interface StartFailure {
  readonly kind: 'not-found' | 'not-executable' | 'other';
  readonly command: string;
  readonly message: string;
}

interface ProcessExit {
  /** Exit code, or `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The last 64 KiB. */
  readonly stderrTail: string;
}

export interface ManagedProcess {
  readonly pid: number;
  /** Right before it was started, on process.hrtime's clock in nanoseconds. */
  readonly startedAtNs: bigint;
  /** Never rejects. What the process left in its process group has been sent SIGKILL by then. */
  readonly exited: Promise<ProcessExit>;
  /** The last 64 KiB so far. */
  stderrTail(): string;
  /** SIGTERM to the process group, SIGKILL after 2 s; resolves when it is gone. Harmless when it is gone already. */
  kill(): Promise<ProcessExit>;
}

/**
 * Starts a process in a session and process group of its own, and records it in `recordDirectory` for as long as it
 * runs: a file named by its identity that contains its command. Whether it started is known at once, why it did not a
 * moment later.
 */
export function startProcess(
  { command, args, env }: StartOptions,
  stderrPath: string,
  recordDirectory: string,
): Result<ManagedProcess, Promise<StartFailure>> {
  let stderr: StderrFile;
  try {
    stderr = openStderrFile(stderrPath);
  } catch (error) {
    const message = `cannot start ${command}: no file for its stderr: ${(error as Error).message}`;
    return fail(Promise.resolve({ kind: 'other', command, message }));
  }
  const startedAtNs = process.hrtime.bigint();
  const child = execa(command, args, {
    ...(env && { env }),
    stdin: 'ignore',
    stdout: 'ignore',
    // Any descriptor works; execa's types end at 9.
    stderr: stderr.descriptor as 9,
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) {
    stderr.close();
    return fail(child.then(({ code, originalMessage }) => startFailure(command, code, originalMessage ?? '')));
  }

  // A process that has ended already has no identity and needs no record.
  const identity = identify(pid);
  const record = identity && join(recordDirectory, identityName(identity));
  if (record) writeFileSync(record, command);
  let gone = false;
  const exited = child.then(({ exitCode, signal }): ProcessExit => {
    gone = true;
    // A living process with this pid would be a stranger. A pid is not given out again while its group has members.
    if (!identify(pid)) signalGroup(pid, 'SIGKILL');
    stderr.close();
    if (record) rmSync(record, { force: true });
    return { code: exitCode ?? null, signal: signal ?? null, stderrTail: stderr.tail() };
  });
  return ok({
    pid,
    startedAtNs,
    exited,
    stderrTail: () => stderr.tail(),
    async kill() {
      if (gone) return exited;
      signalGroup(pid, 'SIGTERM');
      await Promise.race([exited, sleep(GRACE_MS, undefined, { ref: false })]);
      if (!gone) signalGroup(pid, 'SIGKILL');
      return exited;
    },
  });
}

/** A group that is gone already is as good as signalled. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startFailure(command: string, code: string | undefined, reason: string): StartFailure {
  if (code === 'ENOENT') return { kind: 'not-found', command, message: `${command} was not found` };
  if (code === 'EACCES') return { kind: 'not-executable', command, message: `${command} may not be executed` };
  return { kind: 'other', command, message: `cannot start ${command}: ${reason}` };
}

/** How much of stderr goes into a report: QEMU's last words are a line or two. */
const TAIL_BYTES = 64 * 1024;

/** A file that a process writes its stderr to by itself, so that nothing is lost or blocked when the harness dies. */
interface StderrFile {
  /** To be given to the process. */
  readonly descriptor: number;
  /** The last 64 KiB, also after `close()`. */
  tail(): string;
  close(): void;
}

/** Makes the file empty. Throws what open(2) says. */
function openStderrFile(path: string): StderrFile {
  const descriptor = openSync(path, 'w+');
  let lastTail: string | undefined;
  const tail = () => lastTail ?? readTail(descriptor);
  return {
    descriptor,
    tail,
    close() {
      lastTail = tail();
      closeSync(descriptor);
    },
  };
}

function readTail(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString('utf8', 0, read);
}
