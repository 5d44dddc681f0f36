import { START_COMMANDS } from '../../qemu/qmp-messages.ts';
import type { RecordedEvent } from '../../timeline/recording.ts';
import { isSent } from '../../timeline/recording.ts';

/**
 * The guest that the harness's limits are chosen for, at its slowest: Debian's generic kernel under TCG is ready 5 s after
 * `cont` on a quiet host of 2 cores, and its echoes take 1.3 ms at the median. Under KVM on fast hardware both are a fifth.
 */
const REFERENCE_BOOT_MS = 5_000;
const REFERENCE_ECHO_MS = 5;

/**
 * How many times slower than that this guest has been seen to be, at least 1: by its boot, or by the shortest of its echoes,
 * whichever says more. What it has not shown yet says nothing.
 */
export function watchSlowness(events: readonly RecordedEvent[]): () => number {
  let seen = 0;
  let continuedMs: number | undefined;
  let boot = 1;
  let shortestEcho = Number.POSITIVE_INFINITY;
  const echoSentMs = new Map<string, number>();

  const note = (event: RecordedEvent) => {
    if (isSent(event, START_COMMANDS.boot)) continuedMs ??= event.atMs;
    // A restored guest says nothing about a boot.
    if (isSent(event, START_COMMANDS.restore)) continuedMs = Number.POSITIVE_INFINITY;
    if (event.source !== 'agent') return;
    if (event.direction === 'sent' && event.verb === 'echo') echoSentMs.set(String(event.request), event.atMs);
    if (event.direction !== 'received') return;
    const { kind, fields } = event.message;
    if (kind === 'ready' && continuedMs !== undefined) {
      boot = Math.max(boot, (event.atMs - continuedMs) / REFERENCE_BOOT_MS);
      continuedMs = Number.POSITIVE_INFINITY;
    }
    const sentMs = kind === 'echo' ? echoSentMs.get(fields.request ?? '') : undefined;
    if (sentMs !== undefined) shortestEcho = Math.min(shortestEcho, (event.atMs - sentMs) / REFERENCE_ECHO_MS);
  };
  return () => {
    for (; seen < events.length; seen += 1) {
      const event = events[seen];
      if (event) note(event);
    }
    return Math.max(1, boot, Number.isFinite(shortestEcho) ? shortestEcho : 0);
  };
}
