import { logChoose } from './fisher.ts';

/** How far a permutation test goes. */
export interface PermutationEffort {
  /** Most permutations to look at. */
  readonly permutations: number;
  readonly random: () => number;
}

/**
 * Permutations at least as extreme after which the p-value is known well enough and the rest are spared: with 20 its
 * standard error is 22 % of it (Besag and Clifford 1991, Biometrika 78). A metric that has not changed is done with after
 * some two hundred permutations, on average; only one that has takes them all.
 */
const EXTREME_ENOUGH = 20;

/** Permutations whose statistic equals the one seen but for rounding are at least as extreme. */
const ROUNDING = 1 - 1e-9;
/** Members that are all alike have no spread, and rounding would decide; no latency is measured to a billionth. */
const LEAST_VARIANCE = 1e-18;

/**
 * One-sided p-value of the difference of two means, in the direction seen, by exchanging members between the sides. If both
 * sides come from the same distribution, whatever it is, the p-value of either direction is below a level at most as often
 * as the level says (Pitman 1937; Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9, for the 1 that is added to both
 * counts).
 *
 * The statistic is Welch's t, so that the test also holds, nearly, where only the means are alike and the spread is not
 * (Janssen 1997, Stat. Probab. Lett. 36). All permutations are taken where they are fewer than `permutations`; otherwise
 * as many are drawn, one after the other, until the p-value is known well enough.
 */
export function permutationTest(base: Float64Array, current: Float64Array, effort: PermutationEffort): number {
  const pool = Float64Array.from([...base, ...current]);
  const statistic = welchOfSubset(pool, base.length);
  let sum = 0;
  let squares = 0;
  for (const value of base) {
    // About the pool's mean, because squares of large numbers leave nothing of small differences.
    sum += value - statistic.centre;
    squares += (value - statistic.centre) ** 2;
  }
  const signed = statistic.of(sum, squares);
  const towards: SubsetStatistic = signed < 0 ? { ...statistic, of: (...sums) => -statistic.of(...sums) } : statistic;
  const seen = Math.abs(signed) * ROUNDING;
  if (countPermutations(base.length, current.length) <= effort.permutations) {
    return allPermutations(towards, base.length, seen);
  }
  return drawnPermutations(towards, base.length, seen, effort);
}

/** How many ways there are to deal the members to two sides. */
function countPermutations(base: number, current: number): number {
  return Math.round(Math.exp(logChoose(base + current, base)));
}

/** The smallest p-value that all permutations can give. */
export function smallestPermutationP(base: number, current: number): number {
  return 1 / countPermutations(base, current);
}

/** Of the 53 bits of a random number; the others keep every member as likely as any other to within a millionth. */
const BITS_FOR_DRAWS = 33;

interface SubsetStatistic {
  readonly centre: number;
  /** Values about the centre. */
  readonly values: Float64Array;
  /** t when one side has these sums of values about the centre and of their squares. */
  readonly of: (sum: number, squares: number) => number;
}

function welchOfSubset(pool: Float64Array, size: number): SubsetStatistic {
  const centre = pool.reduce((sum, value) => sum + value, 0) / pool.length;
  const values = pool.map((value) => value - centre);
  const total = values.reduce((sum, value) => sum + value, 0);
  const totalSquares = values.reduce((sum, value) => sum + value * value, 0);
  const other = pool.length - size;
  return {
    centre,
    values,
    of: (sum, squares) => {
      const difference = sum / size - (total - sum) / other;
      const variance =
        (squares - (sum * sum) / size) / (size * (size - 1)) +
        (totalSquares - squares - (total - sum) ** 2 / other) / (other * (other - 1));
      return difference / Math.sqrt(Math.max(LEAST_VARIANCE, variance));
    },
  };
}

function allPermutations({ values, of }: SubsetStatistic, size: number, seen: number): number {
  const chosen = Array.from({ length: size }, (_, index) => index);
  let extreme = 0;
  let count = 0;
  for (;;) {
    let sum = 0;
    let squares = 0;
    for (let index = 0; index < size; index++) {
      const value = values[chosen[index] as number] as number;
      sum += value;
      squares += value * value;
    }
    if (of(sum, squares) >= seen) extreme++;
    count++;
    // The next combination in lexicographic order (Knuth, TAOCP 4A, 7.2.1.3, algorithm L).
    let place = size - 1;
    while (place >= 0 && chosen[place] === values.length - size + place) place--;
    if (place < 0) return extreme / count;
    chosen[place] = (chosen[place] as number) + 1;
    for (let next = place + 1; next < size; next++) chosen[next] = (chosen[next - 1] as number) + 1;
  }
}

function drawnPermutations(
  { values, of }: SubsetStatistic,
  size: number,
  seen: number,
  effort: PermutationEffort,
): number {
  const { permutations, random } = effort;
  // Drawing is what takes the time, so one random number serves several draws.
  const drawsPerNumber = Math.max(1, Math.floor(BITS_FOR_DRAWS / Math.log2(values.length)));
  let extreme = 0;
  for (let drawn = 1; drawn <= permutations; drawn++) {
    let sum = 0;
    let squares = 0;
    let fraction = 0;
    // The first steps of a Fisher-Yates shuffle choose one side; the order left by the last draw does not matter.
    for (let index = 0; index < size; index++) {
      fraction = index % drawsPerNumber === 0 ? random() : fraction;
      fraction *= values.length - index;
      const step = Math.floor(fraction);
      fraction -= step;
      const other = index + step;
      const value = values[other] as number;
      values[other] = values[index] as number;
      values[index] = value;
      sum += value;
      squares += value * value;
    }
    if (of(sum, squares) >= seen && ++extreme === EXTREME_ENOUGH) return extreme / drawn;
  }
  return (extreme + 1) / (permutations + 1);
}
