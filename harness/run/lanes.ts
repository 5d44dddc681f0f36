import { availableParallelism } from 'node:os';
import { fail, ok, type Result } from '../result.ts';

/** A machine at a time runs in a lane, and the lanes run side by side. */
export interface Lane {
  /** How many there are. */
  readonly jobs: number;
  /** Host CPUs that its QEMU may run on, as taskset(1) takes them; absent for all. */
  readonly cpuList?: string;
}

/** The only lane, where machines run one after another. */
export const ALONE: Lane = { jobs: 1 };

/** One core is left to the harness, whose own work would otherwise be in the latencies. */
const HARNESS_CORES = 1;

/**
 * Lanes on disjoint sets of the host's CPUs, as equal as can be. The failure says why there cannot be as many; with
 * `force` they share CPUs instead, and what they measure is the host's scheduler as much as the guest.
 */
export function lanesFor(
  jobs: number,
  { force, cores = availableParallelism() }: { readonly force: boolean; readonly cores?: number },
): Result<readonly Lane[], string> {
  if (jobs === 1) return ok([ALONE]);
  const free = cores - HARNESS_CORES;
  if (jobs <= free) {
    return ok(Array.from({ length: jobs }, (_, lane) => ({ jobs, cpuList: cpus(lane, jobs, free) })));
  }
  if (force) return ok(Array.from({ length: jobs }, () => ({ jobs })));
  const most = Math.max(1, free);
  return fail(
    `--jobs ${jobs}: this host has ${cores} CPUs, and one is left to the harness, so at the most ${most} machines can run ` +
      `side by side. Ask for ${most}, or add --force to let them share CPUs, which spoils latencies.`,
  );
}

/** `1-3`: CPU 0 is the harness's. */
function cpus(lane: number, jobs: number, free: number): string {
  const first = HARNESS_CORES + Math.floor((lane * free) / jobs);
  const last = HARNESS_CORES + Math.floor(((lane + 1) * free) / jobs) - 1;
  return first === last ? String(first) : `${first}-${last}`;
}
