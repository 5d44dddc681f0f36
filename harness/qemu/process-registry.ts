import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import {
  type ManagedProcess,
  type StartFailure,
  type StartOptions,
  signalGroup,
  startProcess,
} from './managed-process.ts';
import { identify, identityName, processScope } from './process-identity.ts';
import { MAXIMUM_DIRECTORY_NAME_BYTES, makeBaseDirectory, type RuntimeDirectoryFailure } from './runtime-directory.ts';

export type { ManagedProcess, StartOptions } from './managed-process.ts';

/** In a registry's directory: what `processScope()` says, and a file per running process, named by its identity. */
export const SCOPE_FILE = 'scope';
export const PROCESSES_DIRECTORY = 'processes';

/** A process that somebody should have ended before `close()`: an error in whoever started it. */
interface Survivor {
  readonly pid: number;
  readonly command: string;
}

/** The one place through which QEMU and its helpers are started. A process has one at a time. */
export interface ProcessRegistry {
  /** The private directory: mode 0700, gone after `close()`. */
  readonly directory: string;
  /** Starts a process in a session of its own: a Ctrl-C in the terminal reaches the harness only. stdout is dropped. */
  start(options: StartOptions): Promise<Result<ManagedProcess, StartFailure>>;
  /** A fresh 0700 directory `<name>-<count>`. `name` has at most 12 bytes, the names of sockets put there at most 14. */
  socketDirectory(name: string): Promise<string>;
  /** Kills what still runs, removes the directory, and returns what it had to kill. */
  close(): Promise<readonly Survivor[]>;
}

/**
 * Opens the registry of this process. Should the harness be killed, the directory tells the next start what it left
 * behind (leftovers.ts); should it end by an exception, its processes are killed on the way out.
 */
export async function openRegistry(): Promise<Result<ProcessRegistry, RuntimeDirectoryFailure>> {
  const base = await makeBaseDirectory();
  if (!base.ok) return base;
  const self = identify(process.pid);
  if (!self) throw new Error('/proc does not show this process');
  const directory = join(base.value, identityName(self));
  const records = join(directory, PROCESSES_DIRECTORY);
  await mkdir(directory, { mode: 0o700 });
  await writeFile(join(directory, SCOPE_FILE), processScope());
  await mkdir(records);

  const running = new Map<ManagedProcess, Survivor>();
  const killAtOnce = () => {
    for (const { pid } of running.keys()) signalGroup(pid, 'SIGKILL');
  };
  process.on('exit', killAtOnce);
  let closed = false;
  let count = 0;

  return ok({
    directory,
    async start(options) {
      const { command, stderrFile } = options;
      if (closed) throw new Error(`${command} was to be started after its registry had been closed`);
      const started = startProcess(options, stderrFile ?? join(directory, `stderr-${++count}`), records);
      if (!started.ok) return fail(await started.failure);
      const { value: child } = started;
      running.set(child, { pid: child.pid, command });
      child.exited.then(() => running.delete(child));
      return ok(child);
    },
    async socketDirectory(name) {
      if (Buffer.byteLength(name) > MAXIMUM_DIRECTORY_NAME_BYTES)
        throw new RangeError(
          `"${name}" does not fit into the path of a socket: at most ${MAXIMUM_DIRECTORY_NAME_BYTES} bytes`,
        );
      const path = join(directory, `${name}-${++count}`);
      await mkdir(path, { mode: 0o700 });
      return path;
    },
    async close() {
      closed = true;
      const survivors = [...running.values()];
      await Promise.all([...running.keys()].map((child) => child.kill()));
      process.off('exit', killAtOnce);
      await rm(directory, { recursive: true, force: true });
      return survivors;
    },
  });
}
