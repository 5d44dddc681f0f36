import type { AgentMessage } from '../../guest/protocol.ts';
import { onSilence } from '../../qemu/silence.ts';
import type { Result } from '../../result.ts';
import type { Recorder } from './recorder.ts';
import { ASK_SILENCE_MS } from './session.ts';
import { isWindow, parseWindow, type Window } from './window.ts';

export interface WindowSource {
  /** Reads messages from the guest's memory. */
  readonly read: (window: Window) => Promise<Result<readonly AgentMessage[], string>>;
  /** Asks the agent to send them over the line instead, which ends with a message `resent`. */
  readonly resend: () => void;
}

/**
 * Records the agent's messages in the order of their numbers: what comes over the line while those before it are still read
 * from the guest's memory waits for them. Messages that cannot be read there are sent over the line.
 */
export function markerIntake(recorder: Recorder, source: WindowSource) {
  let held: { readonly message: AgentMessage; readonly atNs: bigint }[] | undefined;
  let isEnded = false;
  /** While messages are sent once more: ends the wait for them. */
  let resending: { readonly window: Window; readonly end: () => void } | undefined;

  const record = (message: AgentMessage, atNs?: bigint) =>
    recorder.record({ source: 'agent', direction: 'received', message }, atNs);
  const release = () => {
    const waiting = held ?? [];
    held = undefined;
    resending = undefined;
    for (const { message, atNs } of waiting) take(message, atNs);
  };
  const unread = (detail: string, window: Window | undefined) => {
    recorder.record({ source: 'harness', event: 'window-unread', detail });
    if (isEnded) return release();
    const ends = onSilence(ASK_SILENCE_MS, recorder.heardAtMs, release);
    resending = {
      window: window ?? { firstSequence: 0, lines: 0, runs: [] },
      end: () => {
        ends();
        release();
      },
    };
    source.resend();
  };
  const open = async (announcement: AgentMessage) => {
    held = [];
    const window = parseWindow(announcement);
    if (!window.ok) return unread(window.failure, undefined);
    const read = await source.read(window.value);
    if (!read.ok) return unread(read.failure, window.value);
    for (const message of read.value) record(message);
    release();
  };
  const take = (message: AgentMessage, atNs: bigint): void => {
    if (!held) {
      record(message, atNs);
      if (isWindow(message)) open(message);
      return;
    }
    const { firstSequence = 0, lines = 0 } = resending?.window ?? {};
    const isResent = message.sequence >= firstSequence && message.sequence < firstSequence + lines;
    if (isResent) record(message, atNs);
    else held.push({ message, atNs });
    if (message.kind === 'resent') resending?.end();
    else recorder.hear();
  };
  /** The channel has ended: nothing will come that would have to be recorded first. */
  const end = () => {
    isEnded = true;
    if (resending) resending.end();
    else release();
  };
  return { take, end };
}
