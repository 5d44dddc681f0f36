import { min, quantile } from 'simple-statistics';
import { type Phase, type Sample, UNATTRIBUTED } from '../vocabulary.ts';
import type { ComparedMetric } from './comparison.ts';
import { groupSamples, splitByBoot } from './groups.ts';

/**
 * A work phase in virtual time may not grow by more than this: the phases repeat to within it, and a larger change is one of
 * the guest's instructions.
 */
const WORK_THRESHOLD = 0.01;

/** With fewer samples a side, all of a phase's may have an interrupt in them, and all of the other side's none. */
const MIN_SAMPLES_OF_PHASE = 5;

/** With fewer boots a side nobody knows how well a phase repeats there. */
export const MIN_BOOTS_TO_JUDGE = 3;

/**
 * Where the shortest quarter of a side's samples is not alike, a change has to exceed so many times its width: something
 * besides the phase's own instructions is then in most samples (an interrupt of 14.5 µs, a request that QEMU completes at
 * its own time), and how often need not be alike in both runs. Twice is the least at which six comparisons of runs without
 * a change, on a host at load 3 to 10, raised no alarm among 22 operations; once and one and a half times did.
 */
const SPREAD_FACTOR = 2;

/** Stamps of the kernel log are in microseconds, one at each edge of a phase, and each may be one off in both runs. */
const RESOLUTION_MS = 0.004;

/**
 * All of an operation's work in the guest, whatever it is called: a kernel whose log says less of it, or the same otherwise,
 * moves work from one phase to another or to none, and this stays.
 */
export const ALL_WORK = 'all work';

/** As the phase tables call it. */
const QUEUE_WAIT = 'queue-wait';
/** On this clock the guest's; runs from before December 2026 say that it is the host's, as it is on the real one. */
const NOTIFY = 'notify';

export interface PhaseVerdict extends ComparedMetric {
  readonly phase: string;
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
  readonly shortestMs: number;
  /** How far the lower quartile is from it, as a share. */
  readonly spread: number;
  readonly samples: number;
}

/** Of one metric. */
interface Work {
  readonly byPhase: ReadonlyMap<string, Shortest>;
  /** Names of the sleeps: where a kernel's log does not tell one of them any more, it would pass for work. */
  readonly sleeps: string;
}

interface MetricWork {
  readonly metric: ComparedMetric;
  readonly work: Work | undefined;
}

/** What a gate in virtual time has to say. */
export interface WorkJudgement {
  readonly verdicts: readonly PhaseVerdict[];
  /**
   * Operations that were not judged: one side has fewer than `MIN_BOOTS_TO_JUDGE` good boots of them, or none, or other sleeps.
   */
  readonly notJudged: readonly ComparedMetric[];
}

/**
 * Compares the work phases of two runs in virtual time by their shortest samples.
 *
 * Assumption: an interrupt or another thread only ever adds to a phase, so the shortest sample is nearest to the phase's own
 * instructions; and the same instructions take the same virtual time.
 * Evidence: the shortest samples of runs of four boots agree within 0.3 % but for phases that contain a disk's requests, while
 * something of 14.5 µs, likely a timer interrupt, is in up to every other SHPC enumeration (docs/virtual-time.md).
 * Limits: a change that makes a phase slower only sometimes is not seen; it is seen in real time. Phases too short for the
 * kernel log's microseconds are unchanged until they change by more than two of them. A phase that one side lacks is judged
 * as part of `ALL_WORK` only.
 */
export function judgeWork(base: readonly Sample[], current: readonly Sample[]): WorkJudgement {
  const after = workOf(current);
  const judged = [...workOf(base)].map(([key, { metric, work }]) => {
    const other = after.get(key)?.work;
    const isComparable = work !== undefined && work.sleeps === other?.sleeps;
    return { metric, verdicts: isComparable && other ? [...judge(metric, work, other)] : undefined };
  });
  return {
    verdicts: judged.flatMap(({ verdicts }) => verdicts ?? []),
    notJudged: judged.filter(({ verdicts }) => verdicts === undefined).map(({ metric }) => metric),
  };
}

function* judge(metric: ComparedMetric, before: Work, after: Work): Generator<PhaseVerdict> {
  for (const [phase, { shortestMs: baseMs, spread, samples }] of before.byPhase) {
    const other = after.byPhase.get(phase);
    if (!other || baseMs === 0) continue;
    if (phase !== ALL_WORK && Math.min(samples, other.samples) < MIN_SAMPLES_OF_PHASE) continue;
    const spreads = SPREAD_FACTOR * Math.max(spread, other.spread);
    const threshold = Math.max(WORK_THRESHOLD, spreads, RESOLUTION_MS / baseMs);
    const change = other.shortestMs / baseMs - 1;
    const verdict = change > threshold ? 'regressed' : change < -threshold ? 'improved' : 'unchanged';
    yield { ...metric, phase, verdict, baseMs, currentMs: other.shortestMs, change, threshold };
  }
}

/** Of every operation in virtual time. Boot 0, which only makes the snapshot from which the others start, is left out. */
function workOf(samples: readonly Sample[]): ReadonlyMap<string, MetricWork> {
  const groups = groupSamples(samples.filter(({ clock, boot }) => clock === 'virtual' && boot > 0));
  return new Map(
    groups.map(({ device, samples: own }) => {
      const { scenario, variant, operation } = own[0] as Sample;
      const metric = { scenario, variant, operation, ...(device !== undefined && { deviceId: device }) };
      const good = own.filter((sample) => sample.outcome === 'ok');
      const isEnough = splitByBoot(good).length >= MIN_BOOTS_TO_JUDGE;
      return [workKey(metric), { metric, work: isEnough ? shortestOf(good) : undefined }];
    }),
  );
}

/** Tells metrics apart within one run. */
export function workKey({ scenario, variant, operation, deviceId }: ComparedMetric): string {
  return JSON.stringify([scenario, variant, operation, deviceId ?? '']);
}

function shortestOf(samples: readonly Sample[]): Work {
  const byPhase = new Map<string, number[]>();
  for (const sample of samples) {
    for (const [name, durationMs] of durationsOf(sample)) {
      const own = byPhase.get(name) ?? [];
      byPhase.set(name, own);
      own.push(durationMs);
    }
  }
  const sleeps = new Set(samples.flatMap(({ phases }) => phases.filter(isSleep).map(({ name }) => name)));
  return {
    byPhase: new Map(
      [...byPhase].map(([name, own]) => {
        const shortestMs = min(own);
        const spread = shortestMs > 0 ? quantile(own, 0.25) / shortestMs - 1 : 0;
        return [name, { shortestMs, spread, samples: own.length }];
      }),
    ),
    sleeps: [...sleeps].toSorted().join(' '),
  };
}

function isSleep({ kind }: Phase): boolean {
  return kind === 'fixed-wait';
}

/**
 * A sleep is what the kernel's timers make of it, the host's work has no virtual time, and waiting for another operation is
 * that one's work. Of a boot only the sum: there is one sample in each, and its last part, of a millisecond, differs by 1.4 %.
 */
function durationsOf({ operation, phases }: Sample): ReadonlyMap<string, number> {
  const durations = new Map<string, number>([[ALL_WORK, 0]]);
  for (const { name, kind, durationMs } of phases) {
    if (name === QUEUE_WAIT || (kind !== 'guest' && name !== UNATTRIBUTED && name !== NOTIFY)) continue;
    durations.set(ALL_WORK, (durations.get(ALL_WORK) ?? 0) + durationMs);
    if (name !== UNATTRIBUTED && operation !== 'boot') durations.set(name, (durations.get(name) ?? 0) + durationMs);
  }
  return durations;
}
