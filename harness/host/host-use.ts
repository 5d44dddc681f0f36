import type { HostMoment } from './host-moment.ts';

/** What a host did between two moments. */
export interface HostUse {
  /** One-minute load average at the end. */
  readonly load: number;
  /** CPUs that other programs used, on average. Absent where it is not known which are others. */
  readonly otherCpus?: number;
  /** Share of the CPU time in which a hypervisor below ran somebody else, 0 to 1. */
  readonly stealShare: number;
}

/** A quarter of all CPUs busy with something else: on two cores, half of the one that QEMU does not use. */
export const BUSY_SHARE = 0.25;
/** One tick of 10 ms in a second on one CPU is the least that can be seen; twice that is no accident. */
export const STEAL_SHARE = 0.02;

/**
 * What this process and its children have used is not others': the kernel adds up a child's time when it has ended and was
 * waited for (proc(5), `cutime`), as each QEMU is at the end of its boot. The load average, in contrast, has what this run
 * does in it, and what ended a minute ago.
 */
export function hostUse(before: HostMoment, after: HostMoment): HostUse {
  const total = after.totalTicks - before.totalTicks;
  const shareOf = (ticks: number) => (total > 0 ? Math.max(0, ticks) / total : 0);
  const stolen = after.stealTicks - before.stealTicks;
  const others = total - stolen - (after.idleTicks - before.idleTicks) - (after.ownTicks - before.ownTicks);
  return { load: after.load, otherCpus: shareOf(others) * after.cpus, stealShare: shareOf(stolen) };
}

export function busyText({ otherCpus = 0, load }: HostUse, cpus: number): string {
  return `other programs use ${otherCpus.toFixed(1)} of ${cpus} CPUs (load ${load.toFixed(1)})`;
}

export function stealText({ stealShare }: HostUse): string {
  return `${(100 * stealShare).toFixed(0)} % of the CPU time is stolen by the hypervisor below`;
}
