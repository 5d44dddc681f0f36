import { studentT } from './student-t.ts';
import { studentTTail } from './student-t-tail.ts';

/** How much boots of one cell scatter, learnt from several cells: on the logarithmic scale. */
export interface PooledNoise {
  /** Standard deviation between the boots of one cell. */
  readonly sd: number;
  /** Degrees of freedom: boots less cells. */
  readonly degrees: number;
}

/** One number for each boot of a cell, on the logarithmic scale; at least one. */
export type CellBoots = ArrayLike<number>;

/** With two boots in a cell, one of them an accident is half of all that is known; the noise comes from all cells. */
export const MIN_BOOTS_IN_CELL = 3;
/** As for permutations: no latency is measured to a billionth. */
const LEAST_VARIANCE = 1e-18;

/** Undefined where no cell has two boots: of single boots nobody knows how much they scatter. */
export function pooledNoise(cells: readonly CellBoots[]): PooledNoise | undefined {
  const degrees = cells.reduce((sum, boots) => sum + boots.length - 1, 0);
  if (degrees === 0) return undefined;
  const squares = cells.reduce((sum, boots) => sum + squaresAroundMean(boots), 0);
  return { sd: Math.sqrt(squares / degrees), degrees };
}

/**
 * Two-sided p-value of the difference between two cells of a table, by Student's t. With three boots in each, the two alone
 * know too little of their noise to decide anything, so that of all cells is taken; or that of a part of them where it is
 * wider: the cells of one version of the two, or the two themselves.
 *
 * Assumption: boots of one cell scatter on the logarithmic scale like a normal distribution, and about as widely as those
 * of the other cells of the same machine.
 *
 * Evidence: the simulation in `pooled-noise.test.ts`. In a table of 5 machines, 4 kernels and 4 QEMUs where nothing has
 * changed, corrected by Holm, at most 5 % of the tables have any mark: with 3 and with 5 boots in a cell, on normal and
 * lognormal noise, with one boot in twenty half as slow again, and with one version that scatters six times as widely as
 * the others.
 *
 * Limit: two boots of one cell that are disturbed alike look like a change. With two boots in a cell such tables are 13 %
 * of those with one disturbed boot in twenty, which is why fewer than `MIN_BOOTS_IN_CELL` are not to be tested.
 *
 * @param noise of all cells of the machine
 * @param ofVersions of the cells that share a version with one of the two
 */
export function stepPValue(
  [from, to]: readonly [CellBoots, CellBoots],
  noise: PooledNoise,
  ofVersions: readonly (PooledNoise | undefined)[],
): number {
  const parts = [noise, pooledNoise([from, to]), ...ofVersions].flatMap((part) => part?.sd ?? []);
  const sd = Math.max(...parts, Math.sqrt(LEAST_VARIANCE));
  const standardError = sd * Math.sqrt(1 / from.length + 1 / to.length);
  return studentTTail((mean(to) - mean(from)) / standardError, noise.degrees);
}

/** The ratio from which on a difference between two cells of so many boots would be found among so many steps. */
export function detectableRatio(noise: PooledNoise, boots: number, level: number, steps: number): number {
  return Math.exp(studentT(1 - level / steps, noise.degrees) * noise.sd * Math.sqrt(2 / boots));
}

export function mean(values: CellBoots): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return sum / values.length;
}

function squaresAroundMean(boots: CellBoots): number {
  const centre = mean(boots);
  let sum = 0;
  for (let index = 0; index < boots.length; index++) sum += ((boots[index] as number) - centre) ** 2;
  return sum;
}
