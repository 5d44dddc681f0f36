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
    clusteredLognormal: lognormal('clustered lognormal: sigma 0.4 between boots, 0.3 within', 0.4, 0.3),
  };
}
