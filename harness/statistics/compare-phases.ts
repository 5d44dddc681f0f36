import { median } from 'simple-statistics';
import type { PhaseChange, PhaseDurations } from './comparison.ts';
import { holm } from './holm.ts';
import { locationTest } from './location-test.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * Phases are looked at only once their operation is known to have changed, so they raise no alarm of their own and a
 * usual level will do.
 */
const LEVEL = 0.05;
/** Enough for a p-value near the level divided by a dozen phases. */
const PERMUTATIONS = 10_000;
const SEED = 20260131;

/**
 * The phases that changed beyond chance in the given direction, the largest change first. A phase that one side lacks
 * took 0 there. Tested on the boots' medians in milliseconds, not on logarithms, because a phase may take no time at all.
 */
export function changedPhases(
  base: readonly PhaseDurations[],
  current: readonly PhaseDurations[],
  direction: 1 | -1,
): readonly PhaseChange[] {
  if (base.length === 0 || current.length === 0) return [];
  const names = [...new Set([...current, ...base].map(({ phase }) => phase))];
  const pairs = names.map((phase) => ({ phase, base: mediansOf(base, phase), current: mediansOf(current, phase) }));
  const level = LEVEL / names.length;
  const adjusted = holm(
    pairs.map((pair) => {
      const effort = { permutations: PERMUTATIONS, random: seededRandom(SEED) };
      return locationTest(pair.base, pair.current, () => level, effort).pValue;
    }),
  );
  return pairs
    .map((pair, index) => {
      const [baseMs, currentMs] = [median([...pair.base]), median([...pair.current])];
      const adjustedPValue = adjusted[index] as number;
      return { phase: pair.phase, baseMs, currentMs, differenceMs: currentMs - baseMs, adjustedPValue };
    })
    .filter(({ adjustedPValue, differenceMs }) => adjustedPValue <= LEVEL && differenceMs * direction > 0)
    .toSorted((a, b) => Math.abs(b.differenceMs) - Math.abs(a.differenceMs));
}

/** One median for each boot. */
function mediansOf(phases: readonly PhaseDurations[], phase: string): Float64Array {
  const durations = phases.find((own) => own.phase === phase)?.durationsMs;
  // All phases of a side are of the same boots.
  return Float64Array.from(durations ?? phases[0]?.durationsMs.map(() => [0]) ?? [], (own) => median([...own]));
}
