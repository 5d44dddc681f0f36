import type { Sample } from '../timeline/sample.ts';
import { groupBy } from './groups.ts';

/**
 * A work phase in virtual time may not grow by more than this: the phases repeat to within it, and a larger change is one of
 * the guest's instructions.
 */
export const WORK_THRESHOLD = 0.01;

/**
 * Where the two best boots of a side differ, a change has to exceed so many times that: something besides the phase's own
 * instructions is then in every sample (an interrupt, another thread), and it need not be alike in both runs.
 */
const REPEATABILITY_FACTOR = 3;

/** Stamps of the kernel log are in microseconds, one at each edge of a phase. */
const RESOLUTION_MS = 0.002;

/** A phase of one operation of one variant: what a gate in virtual time judges. */
export interface WorkPhase {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: string;
  readonly phase: string;
}

export interface PhaseVerdict extends WorkPhase {
  readonly verdict: 'regressed' | 'improved' | 'unchanged';
  /** Shortest of all samples, in milliseconds. */
  readonly baseMs: number;
  readonly currentMs: number;
  /** `currentMs` over `baseMs`, less 1. */
  readonly change: number;
  /** What it had to exceed, as a share of `baseMs`. */
  readonly threshold: number;
}

interface Shortest {
  readonly work: WorkPhase;
  readonly shortestMs: number;
  /** How far the second best boot is from the best, as a share. */
  readonly repeatability: number;
}

/**
 * Compares the work phases of two runs in virtual time by their shortest samples.
 *
 * Assumption: an interrupt or another thread only ever adds to a phase, so the shortest sample is nearest to the phase's own
 * instructions; and the same instructions take the same virtual time.
 * Evidence: over forty boots the shortest samples of ten boots each agree within 0.5 %, but for the exceptions that
 * docs/virtual-time.md lists, while something of 14.5 µs, likely a timer interrupt, is in about every other SHPC enumeration.
 * Limits: a change that makes a phase slower only sometimes is not seen; it is seen in real time. Phases too short for the
 * kernel log's microseconds are unchanged until they change by more than two of them.
 */
export function judgeWork(base: readonly Sample[], current: readonly Sample[]): readonly PhaseVerdict[] {
  const before = shortestOf(base);
  return [...shortestOf(current)].flatMap(([key, { work, shortestMs, repeatability }]) => {
    const other = before.get(key);
    if (!other || other.shortestMs === 0) return [];
    const { shortestMs: baseMs } = other;
    const spread = REPEATABILITY_FACTOR * Math.max(repeatability, other.repeatability);
    const threshold = Math.max(WORK_THRESHOLD, spread, RESOLUTION_MS / baseMs);
    const change = shortestMs / baseMs - 1;
    const verdict = change > threshold ? 'regressed' : change < -threshold ? 'improved' : 'unchanged';
    return [{ ...work, verdict, baseMs, currentMs: shortestMs, change, threshold }];
  });
}

function shortestOf(samples: readonly Sample[]): ReadonlyMap<string, Shortest> {
  const durations = samples
    .filter(({ warmup, clock }) => !warmup && clock === 'virtual')
    .flatMap(({ scenario, variant, operation, boot, phases }) =>
      phases
        // A sleep is what the kernel's timers make of it, and the host's work has no virtual time.
        .filter(({ kind }) => kind === 'guest')
        .map(({ name, durationMs }) => ({ work: { scenario, variant, operation, phase: name }, boot, durationMs })),
    );
  const groups = groupBy(durations, ({ work }) => JSON.stringify(work));
  return new Map(
    [...groups].flatMap(([key, own]) => {
      const boots = [...groupBy(own, ({ boot }) => String(boot)).values()];
      const [best, second] = boots
        .map((ofBoot) => Math.min(...ofBoot.map(({ durationMs }) => durationMs)))
        .toSorted((a, b) => a - b);
      const work = own[0]?.work;
      if (best === undefined || work === undefined) return [];
      return [[key, { work, shortestMs: best, repeatability: best > 0 ? (second ?? best) / best - 1 : 0 }] as const];
    }),
  );
}
