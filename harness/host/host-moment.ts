import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is read of a host at one moment. Absent where the host does not have it, as most virtual machines do not. */
export interface HostMoment {
  /** One-minute load average. */
  readonly load: number;
  readonly cpus: number;
  /** cpufreq governors of all CPUs. */
  readonly governors: readonly string[];
  /** Whether CPUs may exceed their nominal frequency for as long as they are cool enough. */
  readonly turbo?: boolean;
  /** Since the host's boot, in ticks of all CPUs: time in which a hypervisor ran somebody else, and all time. */
  readonly stealTicks: number;
  readonly totalTicks: number;
  /** Of these, the ones in which no CPU had anything to do. */
  readonly idleTicks: number;
  /** Of this process, and of its children that have ended, since they began. */
  readonly ownTicks: number;
  /** Since the host's boot: how often CPUs were slowed down because they were hot. */
  readonly throttles?: number;
}

/** Reads what the kernel says about the host. `root` is that of the file system; tests have their own. */
export function readHostMoment(root = '/'): HostMoment {
  const cpu = join(root, 'sys/devices/system/cpu');
  const cpuFolders = entriesOf(cpu).filter((name) => /^cpu\d+$/.test(name));
  const ticks = (/^cpu +(.*)$/m.exec(read(join(root, 'proc/stat')) ?? '')?.[1] ?? '').split(' ').map(Number);
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already.
  const counted = ticks.slice(0, STEAL_FIELD + 1);
  // proc(5): utime, stime, cutime, cstime. The name of the program, in parentheses, may have spaces.
  const own = (read(join(root, 'proc/self/stat')) ?? '').replace(/^.*\) /s, '').split(' ');
  const throttles = cpuFolders.flatMap((name) =>
    THROTTLE_COUNTERS.flatMap((counter) => read(join(cpu, name, 'thermal_throttle', counter)) ?? []),
  );
  const turbo = turboOf(cpu);
  return {
    load: Number.parseFloat(read(join(root, 'proc/loadavg')) ?? '0'),
    cpus: Math.max(1, cpuFolders.length),
    governors: cpuFolders.flatMap((name) => read(join(cpu, name, 'cpufreq/scaling_governor')) ?? []),
    ...(turbo === undefined ? {} : { turbo }),
    stealTicks: counted[STEAL_FIELD] ?? 0,
    totalTicks: counted.reduce((sum, value) => sum + value, 0),
    idleTicks: (counted[IDLE_FIELD] ?? 0) + (counted[IDLE_FIELD + 1] ?? 0),
    ownTicks: own.slice(OWN_FIELD, OWN_FIELD + 4).reduce((sum, value) => sum + Number(value), 0),
    ...(throttles.length === 0 ? {} : { throttles: throttles.reduce((sum, count) => sum + Number(count), 0) }),
  };
}

const IDLE_FIELD = 3;
const STEAL_FIELD = 7;
/** utime, counted from the field behind the program's name. */
const OWN_FIELD = 11;
/** Documentation/ABI/testing/sysfs-devices-system-cpu. The package's count is the same for all of its CPUs. */
const THROTTLE_COUNTERS = ['core_throttle_count', 'package_throttle_count'];

/** intel_pstate has a switch of its own; all other drivers share cpufreq's. */
function turboOf(cpu: string): boolean | undefined {
  const noTurbo = read(join(cpu, 'intel_pstate/no_turbo'));
  if (noTurbo !== undefined) return noTurbo === '0';
  const boost = read(join(cpu, 'cpufreq/boost'));
  return boost === undefined ? undefined : boost === '1';
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
