import { readFileSync } from 'node:fs';

/**
 * An answer that still grows after so long is no answer but a flood, as of a guest whose driver fills the kernel log faster
 * than the channel carries it. The longest known, a boot's log of 2000 lines at 30 ms each, takes a minute.
 */
export const ENDLESS_MS = 600_000;

/**
 * Calls `giveUp` when nothing has been heard for `silenceMs`, however long that is after the beginning, or when it has gone
 * on for ENDLESS_MS all the same.
 *
 * @param heardAtMs when something was heard last, on performance.now()'s clock
 * @returns ends the wait
 */
export function onSilence(silenceMs: number, heardAtMs: () => number, giveUp: () => void): () => void {
  const beganMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const waitFor = (ms: number) => {
    // A process that has not run for a while finds its timers due before it reads what has come in the meantime.
    timer = setTimeout(() => setImmediate(look), ms);
  };
  const look = () => {
    if (hasEnded) return;
    const nowMs = performance.now();
    const leftMs = Math.max(beganMs, heardAtMs()) + silenceMs - nowMs;
    if (leftMs > 0 && nowMs - beganMs < ENDLESS_MS) waitFor(leftMs);
    else giveUp();
  };
  waitFor(silenceMs);
  return () => {
    hasEnded = true;
    clearTimeout(timer);
  };
}

const POLL_MS = 500;

/** Calls `giveUp` when a process has used no CPU time for `idleMs`. Returns what ends the watch. */
export function whileItWorks(pid: number, idleMs: number, giveUp: () => void): () => void {
  let ticks = cpuTicks(pid);
  let workedAtMs = performance.now();
  const timer = setInterval(() => {
    const now = cpuTicks(pid);
    if (now !== ticks) workedAtMs = performance.now();
    ticks = now;
  }, POLL_MS);
  const end = onSilence(idleMs, () => workedAtMs, giveUp);
  return () => {
    clearInterval(timer);
    end();
  };
}

/** Fields utime and stime of proc(5), in clock ticks; 0 once the process is gone. */
function cpuTicks(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
