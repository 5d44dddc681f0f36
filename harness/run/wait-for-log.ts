import { kernelLine } from '../timeline/kernel-line.ts';
import { askJournal } from './observe.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** The guest keeps its log until it is asked: often enough for a wait of tens of milliseconds, and no load to speak of. */
const POLL_MS = 25;

/**
 * Waits for a line with this text in the guest's kernel log, among those since the operation before began. False when
 * there was none in time. Right after a restore those that the guest had written before it was saved count, as they would
 * after a boot. What is fetched on the way stays in the recording, as part of the gap between two operations.
 */
export async function waitForLog(
  session: Session,
  recorder: Recorder,
  { until, timeoutMs }: { readonly until: string; readonly timeoutMs: number },
  signal: AbortSignal,
  savedLog: readonly string[],
): Promise<boolean> {
  const from = recorder.events.findLastIndex((event) => event.source === 'harness' && event.event === 'begin');
  const last = recorder.events[from];
  const isAfterBoot = last?.source === 'harness' && last.event === 'begin' && last.operation.operation === 'boot';
  if (isAfterBoot && savedLog.some((text) => text.includes(until))) return true;
  const isThere = () => recorder.events.slice(Math.max(0, from)).some((event) => kernelLine(event)?.includes(until));
  const end = performance.now() + timeoutMs;
  while (!isThere()) {
    if (signal.aborted || performance.now() >= end) return signal.aborted;
    // Without a tie of clocks: that is for operations.
    if (!(await askJournal(session, false))) return false;
    if (!isThere()) await session.rest(POLL_MS);
  }
  return true;
}
