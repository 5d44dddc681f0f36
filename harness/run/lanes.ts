import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fail, ok, type Result } from '../result.ts';

/** A machine at a time runs in a lane, and the lanes run side by side. */
export interface Lane {
  /** How many there are. */
  readonly jobs: number;
  /** Host CPUs that its QEMU, and all that is started beside it, may run on, as taskset(1) takes them; absent for all. */
  readonly cpuList?: string;
}

/** The only lane, where machines run one after another. */
export const ALONE: Lane = { jobs: 1 };

/** One core is left to the harness, whose own work would otherwise be in the latencies. */
const HARNESS_CORES = 1;

/**
 * Lanes on disjoint sets of the host's CPUs, as equal as can be. The failure says why there cannot be as many; with
 * `force` they share CPUs instead, and what they measure is the host's scheduler as much as the guest.
 *
 * @param cpus numbers of those that this process may use
 */
export function lanesFor(
  jobs: number,
  { force, cpus = allowedCpus() }: { readonly force: boolean; readonly cpus?: readonly number[] },
): Result<readonly Lane[], string> {
  if (jobs === 1) return ok([ALONE]);
  const free = cpus.slice(HARNESS_CORES);
  if (jobs <= free.length) {
    const first = (lane: number) => Math.floor((lane * free.length) / jobs);
    const lanes = Array.from({ length: jobs }, (_, lane) => free.slice(first(lane), first(lane + 1)));
    return ok(lanes.map((own) => ({ jobs, cpuList: own.join(',') })));
  }
  if (force) return ok(Array.from({ length: jobs }, () => ({ jobs })));
  const most = Math.max(1, free.length);
  return fail(
    `--jobs ${jobs}: of the ${cpus.length} CPUs that can be used here one is left to the harness, so ` +
      `${most === 1 ? 'machines can only run one after another' : `at the most ${most} machines can run side by side`}. ` +
      `Ask for ${most}, or add --force to let them share CPUs, which spoils latencies.`,
  );
}

/** A batch system or a container may have given this process some of the host's CPUs only. */
function allowedCpus(): readonly number[] {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, cpu) => cpu) : cpuNumbers(list);
}

/** The CPUs of a list as Linux writes it: `0-2,7` are 0, 1, 2 and 7. */
export function cpuNumbers(list: string): readonly number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
