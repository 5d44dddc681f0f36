import { readFileSync } from 'node:fs';
import { onSilence } from './silence.ts';

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
