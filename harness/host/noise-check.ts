import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, quantile } from 'simple-statistics';

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
  /** Since the host's boot: how often CPUs were slowed down because they were hot. */
  readonly throttles?: number;
}

/** Something that disturbs measurements. */
export interface NoiseFinding {
  readonly what: 'load' | 'governor' | 'turbo' | 'steal' | 'thermal' | 'calibration';
  /** For a person: what was seen, and what can be done. */
  readonly text: string;
}

/** The same work took so long each time, in milliseconds. */
export type Calibration = readonly number[];

/** A quarter of all CPUs busy with something else: on two cores, half of the one that QEMU does not use. */
const BUSY_SHARE = 0.25;
/** One tick of 10 ms in a second on one CPU is the least that can be seen; twice that is no accident. */
const STEAL_SHARE = 0.02;
/**
 * How much longer than the median one in twenty pieces of work may take. On two cores with one to two processes beside it
 * that compute, 16 of 20 tries were above 30 %, most of them above 80 %; tries that nothing interrupted were at 2 to 6 %.
 * It sees what interrupts one core for milliseconds: not a cache that others use, nor a slow disk.
 */
const CALIBRATION_SPREAD = 0.15;
const QUIET_GOVERNOR = 'performance';

/** What is known to disturb measurements, from what was seen before and after the calibration. Empty is a quiet host. */
export function findNoise(before: HostMoment, after: HostMoment, calibration: Calibration): readonly NoiseFinding[] {
  const findings: NoiseFinding[] = [];
  const busy = before.load / before.cpus;
  if (busy > BUSY_SHARE) {
    const text = `load ${before.load.toFixed(2)} on ${before.cpus} CPUs before anything was started: end what else runs`;
    findings.push({ what: 'load', text });
  }
  const others = [...new Set(before.governors)].filter((governor) => governor !== QUIET_GOVERNOR);
  if (others.length > 0) {
    const text = `CPU frequency governor ${others.join(', ')}: "cpupower frequency-set -g performance" keeps the frequency`;
    findings.push({ what: 'governor', text });
  }
  if (before.turbo) {
    findings.push({ what: 'turbo', text: 'turbo is on: the frequency depends on heat and on what other cores do' });
  }
  const steal = share(after.stealTicks - before.stealTicks, after.totalTicks - before.totalTicks);
  if (steal > STEAL_SHARE) {
    const text = `${percent(steal)} of the CPU time was stolen by the hypervisor below: its other guests disturb this one`;
    findings.push({ what: 'steal', text });
  }
  const throttles = (after.throttles ?? 0) - (before.throttles ?? 0);
  if (throttles > 0) {
    findings.push({ what: 'thermal', text: `CPUs were slowed down ${throttles} times because they were hot` });
  }
  const spread = calibrationSpread(calibration);
  if (spread > CALIBRATION_SPREAD) {
    const text = `the same work took ${percent(spread)} longer than usual in one of twenty tries: something interrupts it`;
    findings.push({ what: 'calibration', text });
  }
  return findings;
}

/** How much longer than the median the 95th percentile is, as a share of the median. */
export function calibrationSpread(calibration: Calibration): number {
  return calibration.length === 0 ? 0 : quantile([...calibration], 0.95) / median([...calibration]) - 1;
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

/** Reads what the kernel says about the host. `root` is that of the file system; tests have their own. */
export function readHostMoment(root = '/'): HostMoment {
  const cpu = join(root, 'sys/devices/system/cpu');
  const cpuFolders = entriesOf(cpu).filter((name) => /^cpu\d+$/.test(name));
  const ticks = (/^cpu +(.*)$/m.exec(read(join(root, 'proc/stat')) ?? '')?.[1] ?? '').split(' ').map(Number);
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already.
  const counted = ticks.slice(0, STEAL_FIELD + 1);
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
    ...(throttles.length === 0 ? {} : { throttles: throttles.reduce((sum, count) => sum + Number(count), 0) }),
  };
}

const STEAL_FIELD = 7;
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

/** Pieces of work, and how many steps each has: some milliseconds each, about a second in all. */
const PIECES = 200;
const STEPS = 4_000_000;

/** Does the same work again and again on one core. Takes about a second. */
export function calibrate(): Calibration {
  const times: number[] = [];
  let value = 1;
  for (let piece = 0; piece < PIECES; piece++) {
    const start = process.hrtime.bigint();
    // A linear congruential generator (Numerical Recipes): each step needs the one before, so nothing can be left out.
    for (let step = 0; step < STEPS; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0;
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  // The first pieces run before the compiler has done its work.
  return value === 0 ? [] : times.slice(PIECES / 10);
}

/** Looks at this host for about a second. */
export function checkNoise(): readonly NoiseFinding[] {
  const before = readHostMoment();
  const calibration = calibrate();
  return findNoise(before, readHostMoment(), calibration);
}
