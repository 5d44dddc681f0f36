import { readFileSync } from 'node:fs';

const KIB_PER_MIB = 1024;

/**
 * The memory of a process that is in RAM, in MiB: what the guest has touched of its own, and all else of QEMU. Undefined where the
 * process has ended. VmRSS counts pages that are shared with other processes in full (proc(5), /proc/pid/status).
 */
export function residentMiB(pid: number): number | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? undefined : Number(kib) / KIB_PER_MIB;
  } catch {
    return undefined;
  }
}
