import { decodeMessage } from '../guest/protocol.ts';
import { connectLines, type LineChannel, type LineChannelOptions } from '../qemu/line-channel.ts';
import { connectQmp, type QmpClient } from '../qemu/qmp-client.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Recorder } from './recorder.ts';

/** Longer than any line the agent can send (4096 bytes) or the kernel prints; what is longer is recorded as garbled. */
const MAXIMUM_LINE_BYTES = 16 * 1024;

/** The channels of one VM. What they bring is in the recorder; only the ways to send are here. */
export interface Channels {
  readonly monitor: QmpClient;
  readonly markers: LineChannel;
  /** Resolves when every channel has been read to its end. */
  readonly closed: Promise<unknown>;
  close(): void;
}

export interface ChannelOptions {
  /** Path of a socket by its name: `qmp`, `console` or `markers`. */
  readonly socket: (name: string) => string;
  readonly timeoutMs: number;
  /** Ends the wait for the sockets, as when QEMU has died. */
  readonly signal: AbortSignal;
  readonly recorder: Recorder;
}

/** Connects to the monitor, the console and the marker channel, and lets all they say flow into the recorder. */
export async function connectChannels(options: ChannelOptions): Promise<Result<Channels, string>> {
  const { recorder } = options;
  const onConsole = (text: string, atNs: bigint) => recorder.record({ source: 'console', text }, atNs);
  const onMarker = (line: string, atNs: bigint) => {
    const message = decodeMessage(line);
    if (message.ok) recorder.record({ source: 'agent', direction: 'received', message: message.value }, atNs);
    else recorder.record({ source: 'agent', direction: 'garbled', ...message.failure }, atNs);
  };
  const [monitor, console, markers] = await Promise.all([
    openMonitor(options),
    openLines(options, 'console', onConsole),
    openLines(options, 'markers', onMarker),
  ]);
  if (monitor.ok && console.ok && markers.ok) {
    const all = [monitor.value, console.value, markers.value];
    return ok({
      monitor: monitor.value.channel,
      markers: markers.value.channel,
      closed: Promise.all(all.map((one) => one.closed)),
      close: () => {
        for (const { channel } of all) channel.close();
      },
    });
  }
  for (const one of [monitor, console, markers]) if (one.ok) one.value.channel.close();
  const reasons = [monitor, console, markers].flatMap((one) => (one.ok ? [] : [one.failure]));
  return fail(reasons.join('; '));
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
  let onClose = () => {};
  const closed = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const monitor = await connectQmp({
    path: socket('qmp'),
    timeoutMs,
    signal,
    onTraffic: ({ direction, atNs, message }) => recorder.record({ source: 'qmp', direction, message }, atNs),
    onEvent: () => {},
    onClose,
  });
  return monitor.ok ? ok({ channel: monitor.value, closed }) : fail(monitor.failure.message);
}

async function openLines(
  { socket, timeoutMs, signal }: ChannelOptions,
  name: string,
  onLine: LineChannelOptions['onLine'],
): Promise<Result<Open<LineChannel>, string>> {
  let onClose = () => {};
  const closed = new Promise<void>((resolve) => {
    onClose = resolve;
  });
  const path = socket(name);
  const limits = { timeoutMs, signal, maximumLineBytes: MAXIMUM_LINE_BYTES };
  const channel = await connectLines({ path, ...limits, onLine, onOversized: onLine, onClose });
  return channel.ok ? ok({ channel: channel.value, closed }) : fail(channel.failure.message);
}
