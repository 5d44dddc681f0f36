import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { MachineSpec } from '../../qemu/command-line.ts';
import { onSilence } from '../../qemu/silence.ts';
import { countToEnd } from '../../record/recording-end.ts';
import type { Observation, RecordedEvent, RecordingHeader } from '../../timeline/recording.ts';

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
  /**
   * The same for an answer of the machine's: undefined once nothing has come from it for `silenceMs`, whatever it is that
   * comes, so that an answer may take as long as it needs.
   */
  waitForAnswer<Answer>(
    from: number,
    match: (event: RecordedEvent) => Answer | undefined,
    silenceMs: number,
  ): Promise<Answer | undefined>;
  /** When something last came from the machine, on performance.now()'s clock; 0 if nothing has. */
  heardAtMs(): number;
  /** Something came from the machine that is not worth an event, such as bytes of a migration. */
  hear(): void;
  /** Ends the file. Observations after it are dropped: they are the echo of a machine being torn down. */
  close(): void;
}

/** Of the recording of a machine that belongs to no run: one that is tried, or only asked. */
export function headerOutsideRuns(runId: string, { topology, accelerator }: MachineSpec): RecordingHeader {
  return {
    recording: 1,
    runId,
    scenario: '',
    variant: '',
    topology: topology.name,
    controller: topology.controller,
    accelerator,
    boot: 1,
    startedAt: new Date().toISOString(),
  };
}

/** Opens `file` for a new recording; its clock starts at `originNs`. Each event is written at once, as a line of JSON. */
export function openRecorder(file: string, header: RecordingHeader, originNs: bigint): Recorder {
  const events: RecordedEvent[] = [];
  const listeners = new Set<(event: RecordedEvent) => void>();
  let heardAtMs = 0;
  let descriptor: number | undefined = openSync(file, 'wx');
  const written = { ...header, ends: true } as const;
  const end = countToEnd(written);
  const write = (line: string) => {
    // Not writeSync: on a disk that is nearly full it writes a part and reports no error.
    if (descriptor !== undefined) writeFileSync(descriptor, line);
  };
  write(`${JSON.stringify(written)}\n`);
  /** @param limit begins to count, calls `giveUp` when the time is up, and returns what ends the count */
  const waitUntil = <Answer>(
    from: number,
    match: (event: RecordedEvent) => Answer | undefined,
    limit: (giveUp: () => void) => () => void,
  ): Promise<Answer | undefined> => {
    for (const event of events.slice(from)) {
      const answer = match(event);
      if (answer !== undefined) return Promise.resolve(answer);
    }
    return new Promise((resolve) => {
      const finish = (answer: Answer | undefined) => {
        endLimit();
        listeners.delete(listener);
        resolve(answer);
      };
      const listener = (event: RecordedEvent) => {
        const answer = match(event);
        if (answer !== undefined) finish(answer);
      };
      listeners.add(listener);
      const endLimit = limit(() => finish(undefined));
    });
  };

  return {
    events,
    record(observation, atNs = process.hrtime.bigint()) {
      if (descriptor === undefined) return;
      const event = { atMs: Number(atNs - originNs) / 1e6, ...observation };
      if (isFromMachine(observation)) heardAtMs = performance.now();
      events.push(event);
      for (const listener of listeners) listener(event);
      const line = `${JSON.stringify(event)}\n`;
      end.add(line);
      write(line);
    },
    waitFor(from, match, timeoutMs, begun) {
      return waitUntil(from, match, (giveUp) => {
        let timer: NodeJS.Timeout | undefined;
        let hasEnded = false;
        const count = () => {
          if (!hasEnded) timer = setTimeout(giveUp, timeoutMs);
        };
        if (begun) begun.then(count);
        else count();
        return () => {
          hasEnded = true;
          clearTimeout(timer);
        };
      });
    },
    waitForAnswer(from, match, silenceMs) {
      return waitUntil(from, match, (giveUp) => onSilence(silenceMs, () => heardAtMs, giveUp));
    },
    heardAtMs: () => heardAtMs,
    hear() {
      heardAtMs = performance.now();
    },
    close() {
      write(end.text());
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function isFromMachine(observation: Observation): boolean {
  if (observation.source === 'harness') return false;
  return !('direction' in observation) || observation.direction !== 'sent';
}
