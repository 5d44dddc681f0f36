import { type Sample, UNATTRIBUTED } from '../vocabulary.ts';
import type { ComparedMetric } from './comparison.ts';
import { ALL_WORK, durationsTogether, type OperationWork, phasesOf, workOf } from './work-durations.ts';
import { meanShift, type WorkShift, workShift } from './work-shift.ts';

/** With fewer boots a side nobody knows how well a phase repeats there. */
export const MIN_BOOTS_TO_JUDGE = 3;

/**
 * Probability that a comparison without any change calls work `regressed` or `improved`, over all phases of all operations
 * (Bonferroni). Latencies, failures and deadlines have errors of their own.
 */
const FAMILY_ERROR = 0.003;

/** What is asked for is a change of a phase that is at least this share of its operation's work. */
const ASKED_SHARE = 0.05;

/** Standard errors that a sum may be wrong by, when it is asked whether another phase became as much shorter. */
const SUM_ERRORS = 3;
/** Where the sum may be wrong by a larger share of the change, nobody knows whether the work is still there. */
const MOST_WRONG = 0.35;
/** Where a larger share of the change is left in the sum, the work has not moved, whatever the threshold. */
const MOST_LEFT = 0.5;

/** How the work of a phase differs from before. */
export interface PhaseVerdict extends ComparedMetric {
  readonly phase: string;
  /**
   * `moved`: longer or shorter, and together with another phase what it was. `undecided`: a change that is asked for would
   * not have been found, or what was found may be interrupts.
   */
  readonly verdict: 'regressed' | 'improved' | 'moved' | 'undecided' | 'unchanged';
  /** Means without rare samples that are apart from the others, in milliseconds. */
  readonly baseMs: number;
  readonly currentMs: number;
  /** `currentMs` over `baseMs`, less 1. */
  readonly change: number;
  /** What it had to exceed, as a share of `baseMs`. */
  readonly threshold: number;
  /** The change that four of five comparisons find, as a share of `baseMs`. */
  readonly detectable: number;
  /** The change that was asked for, likewise. */
  readonly asked: number;
  /** `moved` only: the phase that makes up for it. */
  readonly counterpart?: string;
  /** `undecided` only, where it was found: the change is what one interrupt takes. */
  readonly isInterrupt?: true;
}

/** What a gate in virtual time has to say. */
export interface WorkJudgement {
  readonly verdicts: readonly PhaseVerdict[];
  /**
   * Operations that were not judged: one side has fewer than `MIN_BOOTS_TO_JUDGE` good boots of them, or none, or other sleeps.
   */
  readonly notJudged: readonly ComparedMetric[];
}

interface WorkPair {
  readonly before: OperationWork;
  readonly after: OperationWork;
  /** Phases that both sides have. */
  readonly phases: readonly string[];
}

/**
 * Compares the work phases of two runs in virtual time; see `workShift` for what it assumes.
 *
 * @param asked the change of a phase that is not to be missed, as a share
 */
export function judgeWork(base: readonly Sample[], current: readonly Sample[], asked: number): WorkJudgement {
  const afterwards = workOf(current);
  const pairs: WorkPair[] = [];
  const notJudged: ComparedMetric[] = [];
  for (const [key, before] of workOf(base)) {
    const after = afterwards.get(key);
    if (after && isComparable(before, after)) pairs.push({ before, after, phases: sharedPhases(before, after) });
    else notJudged.push(before.metric);
  }
  const level =
    FAMILY_ERROR /
    Math.max(
      1,
      pairs.reduce((sum, { phases }) => sum + phases.length, 0),
    );
  return { verdicts: pairs.flatMap((pair) => judgeOperation(pair, level, asked)), notJudged };
}

function isComparable(before: OperationWork, after: OperationWork): boolean {
  const boots = Math.min(before.boots.length, after.boots.length);
  return boots >= MIN_BOOTS_TO_JUDGE && before.sleeps === after.sleeps;
}

/** A phase that one side lacks is judged as part of `ALL_WORK` only, and so is what no phase covers. */
function sharedPhases(before: OperationWork, after: OperationWork): readonly string[] {
  const others = phasesOf(after);
  return [...phasesOf(before)].filter((phase) => others.has(phase) && phase !== UNATTRIBUTED);
}

function judgeOperation({ before, after, phases }: WorkPair, level: number, asked: number): readonly PhaseVerdict[] {
  const shifts = phases
    .map((phase) => {
      // An interrupt may fall into each of its parts.
      const interrupts = phase === ALL_WORK ? Math.max(1, phases.length - 1) : 1;
      return { phase, shift: workShift(...durationsTogether(before, after, [phase]), level, interrupts) };
    })
    .filter(({ shift }) => shift.baseMs > 0);
  const all = shifts.find(({ phase }) => phase === ALL_WORK)?.shift;
  const allMs = all?.baseMs ?? 0;
  return shifts.map(({ phase, shift: own }) => {
    const shift = before.isBurst && own.isScattered && phase !== ALL_WORK && all ? asPartOf(all, own) : own;
    const { baseMs, currentMs, thresholdMs, detectableMs } = shift;
    const detectable = detectableMs / baseMs;
    // What is asked for is a change of a phase, and the sum stands for itself only where it has no parts.
    const isAsked = baseMs >= ASKED_SHARE * allMs && (phase !== ALL_WORK || shifts.length === 1);
    const isBlind = isAsked && detectable > asked;
    const common = { ...before.metric, phase, baseMs, currentMs, change: currentMs / baseMs - 1 };
    const figures = { ...common, threshold: thresholdMs / baseMs, detectable, asked };
    if (shift.verdict === 'same') return { ...figures, verdict: isBlind ? 'undecided' : 'unchanged' };
    if (shift.verdict === 'interrupted') return { ...figures, verdict: 'undecided', isInterrupt: true };
    const counterpart = counterpartOf(phase, shift, before, after);
    if (counterpart !== undefined) return { ...figures, verdict: 'moved', counterpart };
    return { ...figures, verdict: shift.verdict === 'longer' ? 'regressed' : 'improved' };
  });
}

/**
 * A phase of a burst whose samples are scattered has work of the other devices in it: there is one virtual CPU, and whose turn it is
 * differs from run to run. Seen: `first-use` of eight disks takes 0.03 ms alone, and up to 4 ms where the others' work falls into it;
 * the share of such samples goes from none to two thirds of a boot. So it has changed only where the change is larger than what the
 * whole operation could hide.
 */
function asPartOf(all: WorkShift, own: WorkShift): WorkShift {
  const thresholdMs = Math.max(own.thresholdMs, all.thresholdMs);
  const isHidden = Math.abs(own.currentMs - own.baseMs) <= thresholdMs;
  const detectableMs = Math.max(own.detectableMs, all.detectableMs);
  return { ...own, thresholdMs, detectableMs, verdict: isHidden ? 'same' : own.verdict };
}

/**
 * The phase that together with this one takes what both took before, or as much less as this one takes more. It may be one
 * that only one side has, and what no phase covers. See `MOST_WRONG`.
 */
function counterpartOf(
  phase: string,
  { baseMs, currentMs, thresholdMs }: WorkShift,
  before: OperationWork,
  after: OperationWork,
): string | undefined {
  if (phase === ALL_WORK) return undefined;
  const changeMs = currentMs - baseMs;
  return [...new Set([...phasesOf(before), ...phasesOf(after)])].find((other) => {
    if (other === phase) return false;
    const together = other === ALL_WORK ? [ALL_WORK] : [phase, other];
    const { shiftMs, errorMs } = meanShift(...durationsTogether(before, after, together));
    const leftMs = Math.sign(changeMs) * shiftMs;
    const wrongMs = SUM_ERRORS * errorMs;
    const mostLeftMs = Math.min(thresholdMs + wrongMs, MOST_LEFT * Math.abs(changeMs));
    return leftMs <= mostLeftMs && wrongMs <= MOST_WRONG * Math.abs(changeMs);
  });
}
