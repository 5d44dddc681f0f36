import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackendProcess } from '../machine/device/device.ts';
import type { ManagedProcess, ProcessRegistry } from '../qemu/process-registry.ts';
import { fail, ok, type Result } from '../result.ts';
import { pinned } from './lanes.ts';

/** A daemon opens its socket in milliseconds, in seconds on a host that has no time. It only bounds one that hangs. */
const SOCKET_TIMEOUT_MS = 60_000;
const SOCKET_POLL_MS = 10;

/**
 * Starts a process that QEMU connects to, and waits until its socket is there.
 *
 * @param cpuList host CPUs that it may run on, as taskset(1) takes them; undefined for all
 */
export async function startBackend(
  registry: ProcessRegistry,
  { command, args, socket }: BackendProcess,
  cpuList?: string,
): Promise<Result<ManagedProcess, string>> {
  const started = await registry.start(pinned(command, args, cpuList));
  if (!started.ok) return fail(started.failure.message);
  let exited = false;
  started.value.exited.then(() => {
    exited = true;
  });
  const until = performance.now() + SOCKET_TIMEOUT_MS;
  while (performance.now() < until && !exited) {
    if (await isListening(socket)) return ok(started.value);
    await delay(SOCKET_POLL_MS);
  }
  const { code, signal, stderrTail } = await started.value.kill();
  const why = exited ? `it ended (${signal ?? `exit code ${code}`})` : `no socket within ${SOCKET_TIMEOUT_MS / 1000} s`;
  const last = stderrTail.trimEnd().split('\n').at(-1) ?? '';
  return fail(`${command} did not start: ${why}${last === '' ? '' : `: ${last}`}`);
}

/** SO_ACCEPTCON in the fourth column of /proc/net/unix (net/unix/af_unix.c, unix_seq_show()). */
const LISTENING = '00010000';

/** Whether something listens on a socket. A trial connection would do harm: virtiofsd takes one and then ends. */
async function isListening(socket: string): Promise<boolean> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(/ +/)[3] === LISTENING);
}
