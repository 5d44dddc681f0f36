import { median, quantile } from 'simple-statistics';
import { type HostMoment, readHostMoment } from './host-moment.ts';
import { BUSY_SHARE, busyText, hostUse, STEAL_SHARE, stealText } from './host-use.ts';

/** Something that disturbs measurements. */
export interface NoiseFinding {
  readonly what: 'load' | 'governor' | 'turbo' | 'steal' | 'thermal' | 'calibration';
  /** For a person: what was seen, and what can be done. */
  readonly text: string;
}

/** The same work took so long each time, in milliseconds. */
export type Calibration = readonly number[];

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
  const use = hostUse(before, after);
  if ((use.otherCpus ?? 0) / before.cpus > BUSY_SHARE) {
    findings.push({ what: 'load', text: `${busyText(use, before.cpus)}: end what else runs` });
  }
  const others = [...new Set(before.governors)].filter((governor) => governor !== QUIET_GOVERNOR);
  if (others.length > 0) {
    const text = `CPU frequency governor ${others.join(', ')}: "cpupower frequency-set -g performance" keeps the frequency`;
    findings.push({ what: 'governor', text });
  }
  if (before.turbo) {
    findings.push({ what: 'turbo', text: 'turbo is on: the frequency depends on heat and on what other cores do' });
  }
  if (use.stealShare > STEAL_SHARE) {
    findings.push({ what: 'steal', text: `${stealText(use)}: its other guests disturb this one` });
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

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}

/** Pieces of work, and how many steps each has: some milliseconds each, about a second in all on a quiet host. */
const PIECES = 200;
const STEPS = 4_000_000;
/** On a busy host no more than so many milliseconds: enough has been seen then. */
const CALIBRATION_LIMIT_MS = 1000;

/** Does the same work again and again on one core, for about a second. */
export function calibrate(): Calibration {
  const times: number[] = [];
  let value = 1;
  const end = performance.now() + CALIBRATION_LIMIT_MS;
  for (let piece = 0; piece < PIECES && performance.now() < end; piece++) {
    const start = process.hrtime.bigint();
    // A linear congruential generator (Numerical Recipes): each step needs the one before, so nothing can be left out.
    for (let step = 0; step < STEPS; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0;
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  // The first pieces run before the compiler has done its work.
  return value === 0 ? [] : times.slice(times.length / 10);
}

/** Looks at this host for about a second. */
export function checkNoise(): readonly NoiseFinding[] {
  const before = readHostMoment();
  const calibration = calibrate();
  return findNoise(before, readHostMoment(), calibration);
}

/**
 * Whether figures of this host would suffer from what else it does: other programs, or other guests of a hypervisor below,
 * have the CPU time that QEMU would need. What else is found (a governor, turbo) is as it always is on that host, and its
 * figures are compared with its own.
 *
 * Limit: it is what was seen in one second. What comes and goes is found by the same measure during each boot.
 */
export function isBusy(findings: readonly NoiseFinding[]): boolean {
  return findings.some(({ what }) => what === 'load' || what === 'steal');
}
