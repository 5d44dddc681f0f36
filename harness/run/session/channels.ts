import pDefer from 'p-defer';
import { type AgentMessage, decodeMessage, encodeRequest } from '../../guest/protocol.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { connectLines, type LineChannel, type LineChannelOptions } from '../../qemu/line-channel.ts';
import { connectQmp, type QmpClient } from '../../qemu/qmp-client.ts';
import { fail, ok, type Result } from '../../result.ts';
import { commandTag } from '../../timeline/recording.ts';
import { markerIntake } from './marker-intake.ts';
import type { Recorder } from './recorder.ts';
import { ASK_SILENCE_MS, COMMAND_SILENCE_MS, type Session } from './session.ts';
import { readWindow } from './window.ts';

/** Longer than any line the agent can send (4096 bytes) or the kernel prints; what is longer is recorded as garbled. */
const MAXIMUM_LINE_BYTES = 16 * 1024;

/** The session's requests count from 1. */
const RESEND_REQUEST = 0;

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

/** The channels of one VM. What they bring is in the recorder; only the ways to send are here. */
export interface Channels {
  readonly monitor: QmpClient;
  readonly markers: LineChannel;
  /** Resolves when every channel has been read to its end. */
  readonly closed: Promise<unknown>;
  close(): void;
}

export interface ChannelOptions {
  /** Path of a socket by its name: `qmp`, `console`, `markers` or `firmware`. */
  readonly socket: (name: string) => string;
  /** Whether the firmware has a debug port to listen to. */
  readonly hasFirmwareLog: boolean;
  readonly timeoutMs: number;
  /** Ends the wait for the sockets, as when QEMU has died. */
  readonly signal: AbortSignal;
  readonly recorder: Recorder;
}

/** Connects to the monitor, the console and the marker channel, and lets all they say flow into the recorder. */
export async function connectChannels(options: ChannelOptions): Promise<Result<Channels, string>> {
  const { recorder } = options;
  const onConsole = (text: string, atNs: bigint) => recorder.record({ source: 'console', text }, atNs);
  const onFirmware = (text: string, atNs: bigint) => recorder.record({ source: 'firmware', text }, atNs);
  const opened: { monitor?: QmpClient; markers?: LineChannel } = {};
  const intake = markerIntake(recorder, {
    read: (window) =>
      readWindow(window, (command) => executeQuietly(opened.monitor, command, recorder), options.socket('window')),
    resend: () => {
      const atNs = opened.markers?.send(encodeRequest(RESEND_REQUEST, 'resend', {}));
      recorder.record(
        { source: 'agent', direction: 'sent', request: RESEND_REQUEST, verb: 'resend', fields: {} },
        atNs,
      );
    },
  });
  let hasSpoken = false;
  const onMarker = (line: string, atNs: bigint) => {
    const message = decodeMessage(line);
    hasSpoken ||= message.ok;
    if (message.ok) intake.take(message.value, atNs);
    // UEFI firmware draws its console here, too. Were it the agent's first line, its number would be missing later.
    else if (!hasSpoken && line !== '') onFirmware(line, atNs);
    else if (hasSpoken) recorder.record({ source: 'agent', direction: 'garbled', ...message.failure }, atNs);
  };
  const [monitor, console, markers, ...others] = await Promise.all([
    openMonitor(options),
    openLines(options, 'console', onConsole),
    openLines(options, 'markers', onMarker),
    ...(options.hasFirmwareLog ? [openLines(options, 'firmware', onFirmware)] : []),
  ]);
  const opens = [console, markers, ...others];
  if (monitor.ok && markers.ok && opens.every((one) => one.ok)) {
    const all = [monitor.value, ...opens.map((one) => one.value)];
    opened.monitor = monitor.value.channel;
    opened.markers = markers.value.channel;
    markers.value.closed.then(intake.end);
    return ok({
      monitor: monitor.value.channel,
      markers: markers.value.channel,
      closed: Promise.all(all.map((one) => one.closed)),
      close: () => {
        for (const { channel } of all) channel.close();
      },
    });
  }
  for (const one of [monitor, ...opens]) if (one.ok) one.value.channel.close();
  const reasons = [monitor, ...opens].flatMap((one) => (one.ok ? [] : [one.failure]));
  return fail(reasons.join('; '));
}

async function executeQuietly(
  monitor: QmpClient | undefined,
  command: QmpCommand,
  { heardAtMs }: Recorder,
): Promise<Result<unknown, string>> {
  const reply = await monitor?.execute(command, { timeoutMs: COMMAND_SILENCE_MS, heardAtMs });
  if (!reply) return fail('there is no monitor');
  return reply.ok ? ok(reply.value.value) : fail(reply.failure.message);
}

interface Open<Channel> {
  readonly channel: Channel;
  readonly closed: Promise<void>;
}

async function openMonitor({
  socket,
  timeoutMs,
  signal,
  recorder,
}: ChannelOptions): Promise<Result<Open<QmpClient>, string>> {
  const closed = pDefer<void>();
  const monitor = await connectQmp({
    path: socket('qmp'),
    timeoutMs,
    signal,
    onTraffic: ({ direction, atNs, message }) => recorder.record({ source: 'qmp', direction, message }, atNs),
    onEvent: () => {},
    onClose: () => closed.resolve(),
  });
  return monitor.ok ? ok({ channel: monitor.value, closed: closed.promise }) : fail(monitor.failure.message);
}

async function openLines(
  { socket, timeoutMs, signal }: ChannelOptions,
  name: string,
  onLine: LineChannelOptions['onLine'],
): Promise<Result<Open<LineChannel>, string>> {
  const closed = pDefer<void>();
  const path = socket(name);
  const limits = { timeoutMs, signal, maximumLineBytes: MAXIMUM_LINE_BYTES };
  const channel = await connectLines({ path, ...limits, onLine, onOversized: onLine, onClose: () => closed.resolve() });
  return channel.ok ? ok({ channel: channel.value, closed: closed.promise }) : fail(channel.failure.message);
}

/** Session.execute. */
export function executeOver(
  monitor: QmpClient,
  { heardAtMs }: Recorder,
  slowness: Session['slowness'],
): Session['execute'] {
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

/** Session.ask. */
export function askOver(
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
