import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackendProcess } from '../../machine/device/device.ts';
import {
  handScript,
  hasFirmwareLog,
  listeningSocket,
  type MachineSpec,
  machineArguments,
} from '../../qemu/command-line.ts';
import type { ManagedProcess, ProcessRegistry } from '../../qemu/process-registry.ts';
import { ENDLESS_MS, whileItWorks } from '../../qemu/silence.ts';
import { fail, ok, type Result } from '../../result.ts';
import { askOver, type Channels, connectChannels, executeOver } from './channels.ts';
import { clockPairing } from './observe.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { watchSlowness } from './slowness.ts';
import { onVirtualClock } from './virtual-session.ts';

/**
 * QEMU opens its sockets in 50 ms. On a host that has no time it took more than a minute, in which nothing but its CPU time
 * showed that it was on its way: it is waited for while that grows.
 */
const CONNECT_IDLE_MS = 60_000;
/** A guest that answers powers off in about 20 ms under TCG; after this, times how slow it is, it is killed. */
const POWER_OFF_SILENCE_MS = 3_000;
/** Once QEMU is gone, its sockets hold what it said last (a panic on the console): they are read before the exit counts. */
const DRAIN_TIMEOUT_MS = 5_000;

export interface SessionPlace {
  readonly registry: ProcessRegistry;
  /** The QEMU binary. */
  readonly qemu: string;
  /** Where `qemu.sh`, `console.log` and `qemu.stderr` of this boot go; made if it is not there. */
  readonly logDirectory: string;
  /** Host CPUs that QEMU and the backends beside it may run on, as taskset(1) takes them; absent for all. */
  readonly cpuList?: string;
  /** Whether the machine waits for a guest to be restored into it. */
  readonly incoming?: boolean;
}

/** Starts QEMU, stopped before its first instruction, and connects to it. On failure nothing is left running. */
export async function startSession(
  spec: MachineSpec,
  { registry, qemu, logDirectory, cpuList, incoming = false }: SessionPlace,
  recorder: Recorder,
): Promise<Result<Session, string>> {
  await mkdir(logDirectory, { recursive: true });
  await writeFile(join(logDirectory, 'qemu.sh'), handScript(qemu, spec), { mode: 0o755 });
  const directory = await registry.socketDirectory('vm');
  const socket = (name: string) => join(directory, name);
  const sockets = {
    monitor: listeningSocket(socket('qmp')),
    console: listeningSocket(socket('console'), join(logDirectory, 'console.log')),
    markers: listeningSocket(socket('markers')),
    firmware: listeningSocket(socket('firmware'), join(logDirectory, 'firmware.log')),
  };
  const ofDevice = await directoriesOf(spec.started ?? [], registry);
  const args = [
    ...machineArguments(spec, sockets, directory, ofDevice),
    '-S',
    ...(incoming ? ['-incoming', 'defer'] : []),
  ];
  const backends: ManagedProcess[] = [];
  const endBackends = () => Promise.all(backends.map((backend) => backend.kill()));
  const startBeside = async (process: BackendProcess) => {
    const backend = await startBackend(registry, process, cpuList);
    if (backend.ok) backends.push(backend.value);
    return backend;
  };
  const ofParts = (spec.parts ?? []).flatMap((part) => part.processes(directory));
  const ofDevices = (spec.started ?? []).flatMap(({ device, deviceId, options }) =>
    device.processes(deviceId, options, ofDevice(deviceId)),
  );
  for (const process of [...ofParts, ...ofDevices]) {
    const backend = await startBeside(process);
    if (backend.ok) continue;
    await endBackends();
    return backend;
  }
  const started = await registry.start({
    ...pinned(qemu, args, cpuList),
    stderrFile: join(logDirectory, 'qemu.stderr'),
  });
  if (!started.ok) {
    await endBackends();
    return fail(started.failure.message);
  }
  const child = started.value;
  recorder.record({ source: 'process', event: 'started', pid: child.pid }, child.startedAtNs);

  const died = new AbortController();
  let isIdle = false;
  const endWatch = whileItWorks(child.pid, CONNECT_IDLE_MS, () => {
    isIdle = true;
    child.kill();
  });
  const limits = { timeoutMs: ENDLESS_MS, signal: died.signal };
  const connecting = connectChannels({ socket, hasFirmwareLog: hasFirmwareLog(spec), ...limits, recorder }).finally(
    endWatch,
  );
  let isGone = false;
  let isEndedHere = false;
  const gone = child.exited.then(async (exit) => {
    died.abort();
    const channels = await connecting;
    if (channels.ok) await Promise.race([channels.value.closed, delay(DRAIN_TIMEOUT_MS)]);
    isGone = true;
    // Where the harness ended it, the caller is told why; an exit in the recording would count as a crash.
    if (isEndedHere || isIdle) return;
    recorder.record({
      source: 'process',
      event: 'exited',
      code: exit.code,
      signal: exit.signal,
      stderr: exit.stderrTail,
    });
  });
  const channels = await connecting;
  if (!channels.ok) {
    // A QEMU that ends closes its sockets first.
    await Promise.race([child.exited, delay(DRAIN_TIMEOUT_MS)]);
    const diedOfItself = died.signal.aborted;
    isEndedHere = !diedOfItself;
    const saidBefore = oneLine(child.stderrTail());
    const { code, signal, stderrTail } = await child.kill();
    await gone;
    await endBackends();
    // QEMU's own words then say why there are no sockets.
    const said = oneLine(stderrTail) || `it ended with ${signal ?? `exit code ${code}`}`;
    if (isIdle) return fail(`QEMU opened no sockets, and used no CPU time for ${CONNECT_IDLE_MS / 1000} s`);
    if (diedOfItself) return fail(said);
    // One that refuses its machine says so, closes its sockets, and may take long to end.
    return fail(saidBefore === '' ? channels.failure : `${saidBefore} (${channels.failure})`);
  }
  const { monitor, markers } = channels.value;
  const slowness = watchSlowness(recorder.events);
  const ask = askOver(markers, recorder, slowness, () => isGone);
  const session: Session = {
    clock: 'real',
    pairClocks: clockPairing(recorder, ask, spec.accelerator),
    letRun: (wait) => wait(),
    rest: (durationMs) => delay(durationMs),
    slowness,
    newDirectory: () => registry.socketDirectory('device'),
    execute: executeOver(monitor, recorder, slowness),
    ask,
    startBackend: startBeside,
    stop: async (how) => {
      await stop(how, child, gone, session, channels.value);
      await endBackends();
    },
  };
  return ok(spec.clock === 'virtual' ? onVirtualClock(session, recorder) : session);
}

/** A private folder for each device that is there from the start. */
async function directoriesOf(
  started: NonNullable<MachineSpec['started']>,
  registry: ProcessRegistry,
): Promise<(deviceId: string) => string> {
  const directories = new Map<string, string>();
  for (const { deviceId } of started) directories.set(deviceId, await registry.socketDirectory('device'));
  return (deviceId) => directories.get(deviceId) ?? '.';
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\n\s*/g, '; ');
}

async function stop(
  how: 'orderly' | 'at-once',
  child: ManagedProcess,
  gone: Promise<void>,
  { ask, slowness }: Pick<Session, 'ask' | 'slowness'>,
  channels: Channels,
): Promise<void> {
  if (how === 'orderly' && (await ask('poweroff', {}, POWER_OFF_SILENCE_MS)))
    await Promise.race([gone, delay(POWER_OFF_SILENCE_MS * slowness())]);
  await child.kill();
  await gone;
  channels.close();
}

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

/** A command that may run on some of the host's CPUs only. taskset becomes the command, so the process is the same. */
export function pinned(command: string, args: readonly string[], cpuList: string | undefined) {
  return cpuList === undefined
    ? { command, args }
    : { command: 'taskset', args: ['--cpu-list', cpuList, command, ...args] };
}
