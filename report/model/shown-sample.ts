import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootName } from '../../harness/plan/schedule.ts';
import { readRecording } from '../../harness/record/boots-on-disk.ts';
import type { RunFile } from '../../harness/record/run-file.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { analyse } from '../../harness/timeline/analyse.ts';
import { bootClock } from '../../harness/timeline/clock.ts';
import { operationWindows } from '../../harness/timeline/operation-window.ts';
import { type SeenLine, seenLines } from '../../harness/timeline/seen-lines.ts';
import { inVirtualTime } from '../../harness/timeline/virtual-time.ts';
import type { Phase, Sample } from '../../harness/vocabulary.ts';
import { type BootLogs, readLogs } from './boot-logs.ts';
import { isOperation } from './timeline.ts';

/** One sample with everything that was seen of it. */
export interface ShownSample {
  readonly runId: string;
  /** As its row has it. */
  readonly sample: Sample;
  /** As the recording gives them: they add up to the latency; empty for an operation that failed. */
  readonly phases: readonly Phase[];
  readonly lines: readonly SeenLine[];
  /** How far apart host and guest may be on the axis, in milliseconds; absent where they are not tied. */
  readonly clockUncertaintyMs?: number;
  /** Limit after which it was given up, in milliseconds. */
  readonly timeoutMs: number;
  readonly logs: BootLogs & { readonly directory: string };
  /** Starts the same machine by hand; absent where the file is gone. */
  readonly startByHand?: string;
  /** What is wrong with the recording, in words. */
  readonly remarks: readonly string[];
}

/** Reads the recording and the logs of a sample's boot. The failure says what is wrong with them. */
export async function readShownSample(
  directory: string,
  run: RunFile,
  sample: Sample,
): Promise<Result<ShownSample, string>> {
  const { scenario, variant, boot } = sample;
  // A boot that had not ended is not listed, and its files have the name that they would have had.
  const listed = run.boots.find((one) => one.scenario === scenario && one.variant === variant && one.boot === boot);
  const name = listed?.name || bootName({ variant: { scenario, name: variant }, boot });
  const file = join(directory, 'recording', `${name}.jsonl`);
  const recording = readRecording(directory, name);
  if (!recording.ok) return fail(`${file}: ${recording.failure}`);
  const { header, events, hasEnd } = recording.value;
  const timed = header.clock === 'virtual' ? inVirtualTime(events) : events;
  const windows = operationWindows(timed);
  const at = windows.findIndex(({ operation }) => isOperation(operation, sample));
  const window = windows[at];
  if (!window) return fail(`${file}: there is no such operation in it`);
  const clock = bootClock(events);
  const logs = join(directory, 'logs', name);
  const byHand = join(logs, 'qemu.sh');
  return ok({
    runId: run.run_id,
    sample,
    phases: analyse(events, header.controller, header.clock)[at]?.phases ?? [],
    lines: seenLines(window),
    ...(clock && { clockUncertaintyMs: clock.uncertaintyMs }),
    timeoutMs: window.operation.timeoutMs,
    logs: { directory: logs, ...(await readLogs(logs)) },
    ...(existsSync(byHand) && { startByHand: byHand }),
    remarks: hasEnd ? [] : [`${file} has no end: the boot was cut off, and the last lines may be missing`],
  });
}
