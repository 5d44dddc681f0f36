import { cumulativeStdNormalProbability } from 'simple-statistics';
import { seededRandom } from '../statistics/seeded-random.ts';

/** Standard normal numbers, by Marsaglia's polar method (Marsaglia and Bray 1964, SIAM Rev. 6). */
export function normalNumbers(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    let u: number;
    let v: number;
    let square: number;
    do {
      u = 2 * random() - 1;
      v = 2 * random() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    spare = v * scale;
    return u * scale;
  };
}

/** Latencies of one metric, in milliseconds, as `boots` fresh machines with `cycles` passes each would give them. */
export interface Noise {
  readonly name: string;
  readonly latencies: (boots: number, cycles: number) => number[][];
  /** Value that a share `z` standard deviations out lies below, where it is known in closed form. */
  readonly quantile?: (z: number) => number;
}

const BASE_MS = 100;

/** Of `slowBoots`, from the distribution function of the mixture: p50, p90 and p95 by their normal deviates. */
const SLOW_BOOTS_QUANTILES: ReadonlyMap<string, number> = new Map([
  ['0.00', mixtureQuantile(0.5)],
  ['1.28', mixtureQuantile(0.9)],
  ['1.64', mixtureQuantile(0.95)],
]);

/** Of exp(N(0, s)) with 95 % and 1.5 times that with 5 %, by bisection. */
function mixtureQuantile(share: number): number {
  const sd = Math.hypot(0.03, 0.05);
  const below = (log: number) =>
    0.95 * cumulativeStdNormalProbability(log / sd) + 0.05 * cumulativeStdNormalProbability((log - Math.log(1.5)) / sd);
  let [low, high] = [-1, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return BASE_MS * Math.exp((low + high) / 2);
}

export function noises(seed: number) {
  const random = seededRandom(seed);
  const normal = normalNumbers(random);
  const draw = (name: string, boot: () => number, sample: () => number, quantile?: Noise['quantile']): Noise => ({
    name,
    latencies: (boots, cycles) =>
      Array.from({ length: boots }, () => {
        const own = BASE_MS * boot();
        return Array.from({ length: cycles }, () => own * sample());
      }),
    ...(quantile && { quantile }),
  });
  const logScale = (between: number, within: number) => (z: number) =>
    BASE_MS * Math.exp(z * Math.hypot(between, within));
  const lognormal = (name: string, between: number, within: number) =>
    draw(
      name,
      () => Math.exp(between * normal()),
      () => Math.exp(within * normal()),
      logScale(between, within),
    );
  return {
    /** The noise of the promise: 3 % between boots and 5 % within. */
    plain: draw(
      'normal, 3 % between boots, 5 % within',
      () => 1 + 0.03 * normal(),
      () => 1 + 0.05 * normal(),
    ),
    skewed: lognormal('lognormal, sigma 0.3 between boots, 0.5 within', 0.3, 0.5),
    /** One boot in twenty is slow as a whole, one sample in twenty takes up to four times as long. */
    spiky: draw(
      'spiky: 1 boot in 20 up to 2x, 1 sample in 20 up to 4x',
      () => (1 + 0.03 * normal()) * (random() < 0.05 ? 1 + random() : 1),
      () => (1 + 0.05 * normal()) * (random() < 0.05 ? 1 + 3 * random() : 1),
    ),
    independentNormal: draw(
      'independent normal, 5 %',
      () => 1,
      () => 1 + 0.05 * normal(),
      (z) => BASE_MS * (1 + 0.05 * z),
    ),
    independentLognormal: lognormal('independent lognormal, sigma 0.5', 0, 0.5),
    clustered: lognormal('clustered: 3 % between boots, 5 % within', 0.03, 0.05),
    stronglyClustered: lognormal('strongly clustered: 10 % between boots, 2 % within', 0.1, 0.02),
    /** What no interval from a few boots can know: the quantile is that of a large sample, as there is no formula for it. */
    slowBoots: draw(
      '1 boot in 20 takes half as long again (not promised)',
      () => Math.exp(0.03 * normal()) * (random() < 0.05 ? 1.5 : 1),
      () => Math.exp(0.05 * normal()),
      (z) => SLOW_BOOTS_QUANTILES.get(z.toFixed(2)) ?? Number.NaN,
    ),
    clusteredLognormal: lognormal('clustered lognormal: sigma 0.4 between boots, 0.3 within', 0.4, 0.3),
  };
}
