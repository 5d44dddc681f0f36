import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AgentMessage, encodeRequest } from '../guest/protocol.ts';
import type { BackendProcess } from '../machine/device/device.ts';
import type { QmpCommand } from '../machine/qemu-syntax.ts';
import { handScript, listeningSocket, type MachineSpec, machineArguments } from '../qemu/command-line.ts';
import { whileItWorks } from '../qemu/cpu-time.ts';
import type { LineChannel } from '../qemu/line-channel.ts';
import type { ManagedProcess, ProcessRegistry } from '../qemu/process-registry.ts';
import type { QmpClient } from '../qemu/qmp-client.ts';
import { ENDLESS_MS } from '../qemu/silence.ts';
import { fail, ok, type Result } from '../result.ts';
import { commandTag } from '../timeline/belongs.ts';
import type { Operation } from '../timeline/recording.ts';
import type { Clock } from '../vocabulary.ts';
import { startBackend } from './backend.ts';
import { type Channels, connectChannels } from './channels.ts';
import { clockPairing } from './clock-pairing.ts';
import { pinned } from './lanes.ts';
import type { Recorder } from './recorder.ts';
import { ASK_SILENCE_MS, COMMAND_SILENCE_MS } from './silence-limits.ts';
import { watchSlowness } from './slowness.ts';
import { onVirtualClock } from './virtual-session.ts';

/** One VM: its process and its channels. Everything that comes in goes to the recorder. */
export interface Session {
  /**
   * Sends a QMP command, for an operation or for none, and waits for its reply. The reply is in the recording; a failure
   * also in the answer.
   */
  execute(command: QmpCommand, operation?: Operation): Promise<Result<unknown, string>>;
  /**
   * Asks the agent. Its answers to this request, the last of which is `done`, or the single one that closes a request
   * that has no `done`; undefined when nothing had come from the machine for `silenceMs`, times how slow this guest is.
   */
  ask(
    verb: string,
    fields?: Readonly<Record<string, string>>,
    silenceMs?: number,
  ): Promise<readonly AgentMessage[] | undefined>;
  /** How many times slower this guest has been seen to be than the one that the harness's limits are chosen for. */
  slowness(): number;
  /** What the guest's time is measured on; a virtual one stands still unless something is waited for. */
  readonly clock: Clock;
  /**
   * Has the guest read its clock and the host's at once, where it can (ptp_kvm); false where it cannot. The reading, or why
   * there is none, is in the recording.
   */
  pairClocks(): Promise<boolean>;
  /** Lets the guest go on while `wait` lasts; on the real clock it always does. */
  letRun<Answer>(wait: () => Promise<Answer>): Promise<Answer>;
  /** Lets so many milliseconds pass in the guest. */
  rest(durationMs: number): Promise<void>;
  /** A new private folder for sockets of a device's backend. */
  newDirectory(): Promise<string>;
  /** Starts a process beside the machine, which ends with it. */
  startBackend(process: BackendProcess): Promise<Result<ManagedProcess, string>>;
  /** Ends the machine: an orderly power-off when asked for and the guest answers, a kill otherwise. */
  stop(how: 'orderly' | 'at-once'): Promise<void>;
}

/**
 * QEMU opens its sockets in 50 ms. On a host that has no time it took more than a minute, in which nothing but its CPU time
 * showed that it was on its way: it is waited for while that grows.
 */
const CONNECT_IDLE_MS = 60_000;
/** A guest that answers powers off in about 20 ms under TCG; after this, times how slow it is, it is killed. */
const POWER_OFF_SILENCE_MS = 3_000;
/** Once QEMU is gone, its sockets hold what it said last (a panic on the console): they are read before the exit counts. */
const DRAIN_TIMEOUT_MS = 5_000;

/** Answers that close a request without a `done`. */
const CLOSING_ANSWERS: ReadonlySet<string> = new Set([
  'done',
  'echo',
  'watching',
  'rejected',
  'ready',
  'clocks',
  'pair',
  'resent',
]);

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
  };
  const args = [...machineArguments(spec, sockets, directory), '-S', ...(incoming ? ['-incoming', 'defer'] : [])];
  const backends: ManagedProcess[] = [];
  const endBackends = () => Promise.all(backends.map((backend) => backend.kill()));
  const beside = async (process: BackendProcess) => {
    const backend = await startBackend(registry, process, cpuList);
    if (backend.ok) backends.push(backend.value);
    return backend;
  };
  for (const process of (spec.parts ?? []).flatMap((part) => part.processes(directory))) {
    const backend = await beside(process);
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
  recorder.record({ source: 'process', event: 'started', pid: child.pid });

  const died = new AbortController();
  let isIdle = false;
  const endWatch = whileItWorks(child.pid, CONNECT_IDLE_MS, () => {
    isIdle = true;
    child.kill();
  });
  const limits = { timeoutMs: ENDLESS_MS, signal: died.signal };
  const connecting = connectChannels({ socket, ...limits, recorder }).finally(endWatch);
  let isGone = false;
  let isEndedHere = false;
  const gone = child.exited.then(async (exit) => {
    died.abort();
    const channels = await connecting;
    if (channels.ok) await Promise.race([channels.value.closed, delay(DRAIN_TIMEOUT_MS)]);
    isGone = true;
    // Why it was ended is what the caller hears; that it died of it would look like a crash.
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
    const { code, signal, stderrTail } = await child.kill();
    await gone;
    await endBackends();
    // Why the sockets are missing is then what QEMU has said.
    const said = stderrTail.trim().replaceAll(/\n\s*/g, '; ') || `it ended with ${signal ?? `exit code ${code}`}`;
    if (isIdle) return fail(`QEMU opened no sockets, and used no CPU time for ${CONNECT_IDLE_MS / 1000} s`);
    return fail(diedOfItself ? said : channels.failure);
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
    startBackend: beside,
    stop: async (how) => {
      await stop(how, child, gone, session, channels.value);
      await endBackends();
    },
  };
  return ok(spec.clock === 'virtual' ? onVirtualClock(session, recorder) : session);
}

function executeOver(monitor: QmpClient, { heardAtMs }: Recorder, slowness: Session['slowness']): Session['execute'] {
  return async (command, operation) => {
    const tag = operation && commandTag(operation);
    const timeoutMs = COMMAND_SILENCE_MS * slowness();
    const limits = { timeoutMs, heardAtMs, ...(tag !== undefined && { tag }) };
    const reply = await monitor.execute(command, limits);
    if (reply.ok) return ok(reply.value.value);
    const { failure } = reply;
    switch (failure.kind) {
      case 'refused':
        return fail(`${failure.command}: ${failure.class}: ${failure.description}`);
      case 'closed':
        return fail(`${failure.command}: the monitor closed: ${failure.reason}`);
      case 'timed-out':
        return fail(`${failure.command}: no reply, and nothing else from QEMU for ${Math.round(failure.timeoutMs)} ms`);
    }
  };
}

function askOver(
  markers: LineChannel,
  recorder: Recorder,
  slowness: Session['slowness'],
  isGone: () => boolean,
): Session['ask'] {
  let lastRequest = 0;
  return async (verb, fields = {}, silenceMs = ASK_SILENCE_MS) => {
    if (isGone()) return undefined;
    const request = ++lastRequest;
    const from = recorder.events.length;
    const atNs = markers.send(encodeRequest(request, verb, fields));
    recorder.record({ source: 'agent', direction: 'sent', request, verb, fields }, atNs);
    const answers: AgentMessage[] = [];
    const complete = await recorder.waitForAnswer(
      from,
      (event) => {
        if (event.source === 'process' && event.event === 'exited') return 'gone';
        if (event.source !== 'agent' || event.direction !== 'received') return undefined;
        if (event.message.fields.request !== String(request)) return undefined;
        answers.push(event.message);
        return CLOSING_ANSWERS.has(event.message.kind) ? 'answered' : undefined;
      },
      silenceMs * slowness(),
    );
    return complete === 'answered' ? answers : undefined;
  };
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
