import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { Observation, RecordedEvent, RecordingHeader } from '../timeline/recording.ts';

/** Collects what is seen during one boot, in memory for the waiting run and in a file for later analysis. */
export interface Recorder {
  /** Everything so far, in the order in which it reached the harness. */
  readonly events: readonly RecordedEvent[];
  /** Adds an observation made at `atNs` on process.hrtime's clock (now, if not given). */
  record(observation: Observation, atNs?: bigint): void;
  /**
   * The first answer that `match` gives for an event at position `from` or later, including ones still to come; or
   * undefined when there was none within `timeoutMs`, counted from now, or from when `begun` resolves.
   */
  waitFor<Answer>(
    from: number,
    match: (event: RecordedEvent) => Answer | undefined,
    timeoutMs: number,
    begun?: Promise<unknown>,
  ): Promise<Answer | undefined>;
  /** Ends the file. Observations after it are dropped: they are the echo of a machine being torn down. */
  close(): void;
}

/** Opens `file` for a new recording; its clock starts at `originNs`. Each event is written at once, as a line of JSON. */
export function openRecorder(file: string, header: RecordingHeader, originNs: bigint): Recorder {
  const events: RecordedEvent[] = [];
  const listeners = new Set<(event: RecordedEvent) => void>();
  let descriptor: number | undefined = openSync(file, 'wx');
  const write = (value: unknown) => {
    // Not writeSync, which writes a part on a disk that is nearly full, and is content.
    if (descriptor !== undefined) writeFileSync(descriptor, `${JSON.stringify(value)}\n`);
  };
  write(header);

  return {
    events,
    record(observation, atNs = process.hrtime.bigint()) {
      if (descriptor === undefined) return;
      const event = { atMs: Number(atNs - originNs) / 1e6, ...observation };
      events.push(event);
      for (const listener of listeners) listener(event);
      write(event);
    },
    waitFor(from, match, timeoutMs, begun) {
      for (const event of events.slice(from)) {
        const answer = match(event);
        if (answer !== undefined) return Promise.resolve(answer);
      }
      return new Promise((resolve) => {
        const finish = (answer: Parameters<typeof resolve>[0]) => {
          clearTimeout(timer);
          listeners.delete(listener);
          resolve(answer);
        };
        const listener = (event: RecordedEvent) => {
          const answer = match(event);
          if (answer !== undefined) finish(answer);
        };
        let timer: NodeJS.Timeout | undefined;
        const count = () => {
          if (listeners.has(listener)) timer = setTimeout(finish, timeoutMs, undefined);
        };
        listeners.add(listener);
        if (begun) begun.then(count);
        else count();
      });
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
