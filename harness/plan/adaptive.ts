import { groupSamples, splitByBoot } from '../statistics/groups.ts';
import { precisionOf } from '../statistics/precise-enough.ts';
import type { Variant } from '../variant.ts';
import type { OperationName, Sample } from '../vocabulary.ts';
import type { PlannedBoot } from './schedule.ts';

/** What became of a variant whose boots were not fixed. */
export interface AdaptiveOutcome {
  readonly scenario: string;
  readonly variant: string;
  /** Boots that were made, and that there could have been. */
  readonly boots: number;
  readonly maxBoots: number;
  readonly targetRelative: number;
  /** The operation whose median is known least, and how far its interval reaches; absent where it has none. */
  readonly widest: { readonly operation: OperationName; readonly relativeReach?: number };
  /** What the boots that were not made would have taken, as long as the others did on average. */
  readonly savedMs: number;
}

/**
 * Whether a boot is still to be made, asked in the order of the plan. A variant is stopped by what its boots before this one
 * say and nothing else, so a run that was interrupted stops where it would have stopped.
 *
 * @param samples of the run so far; a list that grows
 */
export function openAdaptiveRule(samples: readonly Sample[]): (planned: PlannedBoot) => boolean {
  const stopped = new Set<Variant>();
  const checked = new Map<Variant, number>();
  return ({ variant, boot }) => {
    const { adaptive } = variant.sampling;
    if (!adaptive) return true;
    const own = samples.filter((one) => one.scenario === variant.scenario && one.variant === variant.name);
    for (let last = checked.get(variant) ?? adaptive.minBoots; last < boot && !stopped.has(variant); last++) {
      if (isPreciseAfter(last, own, adaptive.targetRelative)) stopped.add(variant);
      checked.set(variant, last + 1);
    }
    return !stopped.has(variant);
  };
}

/** The plan in stretches between which it is asked anew; machines that run side by side wait for each other there. */
export function roundsOf(boots: readonly PlannedBoot[]): readonly (readonly PlannedBoot[])[] {
  const leasts = boots.flatMap(({ variant }) => variant.sampling.adaptive?.minBoots ?? []);
  if (leasts.length === 0) return [boots];
  const first = Math.min(...leasts);
  const rounds = new Map<number, PlannedBoot[]>();
  for (const planned of boots) {
    const round = Math.max(first, planned.boot);
    const own = rounds.get(round);
    if (own) own.push(planned);
    else rounds.set(round, [planned]);
  }
  return [...rounds].toSorted(([a], [b]) => a - b).map(([, own]) => own);
}

/** A boot that was made, and how long it took with everything that was done in it. */
interface MadeBoot {
  readonly scenario: string;
  readonly variant: string;
  readonly boot: number;
  readonly jobs: number;
  readonly durationMs?: number;
}

/** What the samples of a run that has ended say of its adaptive variants. */
export function adaptiveOutcomes(
  variants: readonly Variant[],
  samples: readonly Sample[],
  boots: readonly MadeBoot[],
): readonly AdaptiveOutcome[] {
  return variants.flatMap((variant): AdaptiveOutcome[] => {
    const { scenario, name, sampling } = variant;
    if (!sampling.adaptive) return [];
    const { targetRelative } = sampling.adaptive;
    const isOwn = (one: { scenario: string; variant: string; boot: number }) =>
      one.scenario === scenario && one.variant === name && one.boot > 0;
    const made = boots.filter(isOwn);
    const perBootMs = made.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) / Math.max(1, made.length);
    const jobs = Math.max(1, ...made.map((boot) => boot.jobs));
    return [
      {
        ...{ scenario, variant: name, boots: made.length, maxBoots: sampling.boots, targetRelative },
        widest: widestOf(samples.filter(isOwn), targetRelative),
        savedMs: ((sampling.boots - made.length) * perBootMs) / jobs,
      },
    ];
  });
}

function isPreciseAfter(boots: number, own: readonly Sample[], targetRelative: number): boolean {
  const groups = precisions(
    own.filter(({ boot }) => boot > 0 && boot <= boots),
    targetRelative,
  );
  return groups.length > 0 && groups.every(({ isEnough }) => isEnough);
}

function widestOf(own: readonly Sample[], targetRelative: number): AdaptiveOutcome['widest'] {
  const reachOf = ({ relativeReach = Number.POSITIVE_INFINITY }: { readonly relativeReach?: number }) => relativeReach;
  const [widest] = precisions(own, targetRelative).toSorted((a, b) => reachOf(b) - reachOf(a));
  if (!widest) return { operation: 'boot' };
  const { operation, relativeReach } = widest;
  return relativeReach === undefined ? { operation } : { operation, relativeReach };
}

/** Of every median that a summary of these samples has. */
function precisions(samples: readonly Sample[], targetRelative: number) {
  return groupSamples(samples).map(({ samples: own }) => ({
    operation: own[0]?.operation ?? 'boot',
    ...precisionOf(
      splitByBoot(own.filter((sample) => sample.outcome === 'ok')).map((boot) =>
        boot.map(({ latencyMs }) => latencyMs),
      ),
      targetRelative,
    ),
  }));
}
