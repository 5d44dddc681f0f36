import { type Comparison, metricName } from './comparison.ts';
import { leastRelativeChange } from './verdict.ts';
import { moreOftenTexts } from './verdict-reason.ts';
import type { PhaseVerdict } from './virtual-gate.ts';
import { ALL_WORK } from './work-durations.ts';

/** At most so many phases are named; the rest are in the comparison. */
const NAMED_PHASES = 3;

/** Phases of which only larger changes are found are named. */
const NAMED_THRESHOLD = 0.02;

/**
 * The verdict on an operation in virtual time, from the verdicts on its work phases. Its latency is mostly sleeps that the
 * kernel's timers spread by up to 5 %, among which a few microseconds of work never show; and what repeats to a per cent
 * needs no interval to be called unchanged. A latency that has changed beyond chance stays so: then it is the sleeps.
 */
export function withWorkVerdict(comparison: Comparison, phases: readonly PhaseVerdict[]): Comparison {
  if (phases.length === 0 || !['undecided', 'unchanged'].includes(comparison.verdict)) return comparison;
  const remarks = remarksOn(phases);
  const changed = changedWork(phases);
  if (changed.length > 0) {
    const work = `work in the guest: ${changed.slice(0, NAMED_PHASES).map(changeText).join('; ')}`;
    return {
      ...withoutMoreBoots(comparison),
      verdict: changed[0]?.verdict === 'regressed' ? 'regressed' : 'improved',
      phases: changed.map(({ phase, baseMs, currentMs }) => ({
        ...{ phase, baseMs, currentMs },
        differenceMs: currentMs - baseMs,
      })),
      reason: [work, ...remarks].join('; '),
    };
  }
  const undecided = phases.filter(({ verdict }) => verdict === 'undecided');
  if (undecided.length > 0) {
    const open = undecided.slice(0, NAMED_PHASES).map(undecidedText);
    const reason = [...(comparison.verdict === 'undecided' ? [comparison.reason] : []), ...open, ...remarks].join('; ');
    return { ...comparison, verdict: 'undecided', reason };
  }
  const isOpen = !isWithinThreshold(comparison) || moreOftenTexts(comparison).length > 0;
  if (comparison.verdict === 'undecided' && isOpen) return comparison;
  const largest = Math.max(...phases.map(({ change, verdict }) => (verdict === 'moved' ? 0 : Math.abs(change))));
  const same = `no work phase has changed beyond its threshold (at most by ${percent(largest)}), nor has the latency`;
  // The reason of what is unchanged is not printed in a terminal, and moved work is news.
  const moved = phases.filter(({ verdict }) => verdict === 'moved').map(movedText);
  const warnings = [...comparison.warnings, ...moved.map((text) => `${metricName(comparison)}: ${text}`)];
  return { ...withoutMoreBoots(comparison), verdict: 'unchanged', reason: [same, ...remarks].join('; '), warnings };
}

/** Slower phases where there is one, or else faster ones; the largest change first, the sum where no single phase stands out. */
function changedWork(phases: readonly PhaseVerdict[]): readonly PhaseVerdict[] {
  const slower = phases.filter(({ verdict }) => verdict === 'regressed');
  const changed = slower.length > 0 ? slower : phases.filter(({ verdict }) => verdict === 'improved');
  const single = changed.filter(({ phase }) => phase !== ALL_WORK);
  const size = ({ baseMs, currentMs }: PhaseVerdict) => Math.abs(currentMs - baseMs);
  return (single.length > 0 ? single : changed).toSorted((a, b) => size(b) - size(a));
}

/** What a reader has to know beside the verdict: work that has moved, and what would not have been found. */
function remarksOn(phases: readonly PhaseVerdict[]): readonly string[] {
  const moved = phases.filter(({ verdict }) => verdict === 'moved').map(movedText);
  const blind = phases
    .filter(({ threshold, verdict }) => threshold > NAMED_THRESHOLD && verdict !== 'undecided')
    .map(({ phase, threshold }) => `${phase} ${percent(threshold)}`);
  return [...moved, ...(blind.length > 0 ? [`only larger changes are found in: ${blind.join(', ')}`] : [])];
}

function isWithinThreshold({ latency, threshold, base }: Comparison): boolean {
  if (!latency || base.medianMs === undefined) return false;
  return Math.abs(latency.ratio.value - 1) <= leastRelativeChange(threshold, base.medianMs);
}

function withoutMoreBoots({ moreBoots: _, ...comparison }: Comparison): Comparison {
  return comparison;
}

function changeText(phase: PhaseVerdict): string {
  return `${sizeText(phase)} (${fromTo(phase)}, threshold ${percent(phase.threshold)})`;
}

function movedText(phase: PhaseVerdict): string {
  const others = phase.counterpart === ALL_WORK ? 'all work together is not' : `${phase.counterpart} makes up for it`;
  return `work has moved: ${sizeText(phase)} (${fromTo(phase)}), ${others}`;
}

/** Why nobody knows whether a phase has changed. */
export function undecidedText(verdict: PhaseVerdict): string {
  if (verdict.isInterrupt) {
    return `${sizeText(verdict)} (${fromTo(verdict)}), which is what one interrupt takes: more boots may tell`;
  }
  const { phase, detectable, asked } = verdict;
  return `in ${phase} a change of ${percent(asked)} would not have been found, only one of ${percent(detectable)}: more boots may tell`;
}

function sizeText({ phase, change }: PhaseVerdict): string {
  return `${phase} ${percent(Math.abs(change))} ${change > 0 ? 'longer' : 'shorter'}`;
}

function fromTo({ baseMs, currentMs }: PhaseVerdict): string {
  return `${baseMs.toPrecision(4)} to ${currentMs.toPrecision(4)} ms`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
