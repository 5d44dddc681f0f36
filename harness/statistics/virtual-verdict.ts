import type { Comparison } from './comparison.ts';
import { leastRelativeChange } from './verdict.ts';
import { moreOftenTexts } from './verdict-reason.ts';
import { ALL_WORK, type PhaseVerdict } from './virtual-gate.ts';

/** At most so many phases are named; the rest are in the comparison. */
const NAMED_PHASES = 3;

/**
 * The verdict on an operation in virtual time, from the verdicts on its work phases. Its latency is mostly sleeps that the
 * kernel's timers spread by up to 5 %, among which a few microseconds of work never show; and what repeats to a per cent
 * needs no interval to be called unchanged. A latency that has changed beyond chance stays so: then it is the sleeps.
 */
export function withWorkVerdict(comparison: Comparison, phases: readonly PhaseVerdict[]): Comparison {
  if (phases.length === 0 || !['undecided', 'unchanged'].includes(comparison.verdict)) return comparison;
  const changed = changedWork(phases);
  if (changed.length > 0) {
    return {
      ...withoutMoreBoots(comparison),
      verdict: changed[0]?.verdict === 'regressed' ? 'regressed' : 'improved',
      phases: changed.map(({ phase, baseMs, currentMs }) => ({
        ...{ phase, baseMs, currentMs },
        differenceMs: currentMs - baseMs,
      })),
      reason: `work in the guest, shortest samples: ${changed.slice(0, NAMED_PHASES).map(changeText).join('; ')}`,
    };
  }
  if (comparison.verdict === 'unchanged' || !isWithinThreshold(comparison)) return comparison;
  if (moreOftenTexts(comparison).length > 0) return comparison;
  const largest = Math.max(...phases.map(({ change }) => Math.abs(change)));
  return {
    ...withoutMoreBoots(comparison),
    verdict: 'unchanged',
    reason: `no work phase has changed beyond its threshold (at most by ${percent(largest)}), nor has the latency`,
  };
}

/** Slower phases where there is one, or else faster ones; the largest change first, the sum where no single phase stands out. */
function changedWork(phases: readonly PhaseVerdict[]): readonly PhaseVerdict[] {
  const slower = phases.filter(({ verdict }) => verdict === 'regressed');
  const changed = slower.length > 0 ? slower : phases.filter(({ verdict }) => verdict === 'improved');
  const single = changed.filter(({ phase }) => phase !== ALL_WORK);
  const size = ({ baseMs, currentMs }: PhaseVerdict) => Math.abs(currentMs - baseMs);
  return (single.length > 0 ? single : changed).toSorted((a, b) => size(b) - size(a));
}

function isWithinThreshold({ latency, threshold, base }: Comparison): boolean {
  if (!latency || base.medianMs === undefined) return false;
  return Math.abs(latency.ratio.value - 1) <= leastRelativeChange(threshold, base.medianMs);
}

function withoutMoreBoots({ moreBoots: _, ...comparison }: Comparison): Comparison {
  return comparison;
}

function changeText({ phase, baseMs, currentMs, change, threshold }: PhaseVerdict): string {
  const direction = change > 0 ? 'longer' : 'shorter';
  const fromTo = `${baseMs.toPrecision(4)} to ${currentMs.toPrecision(4)} ms`;
  return `${phase} ${percent(Math.abs(change))} ${direction} (${fromTo}, threshold ${percent(threshold)})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
