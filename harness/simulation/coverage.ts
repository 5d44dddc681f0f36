import { sortByValue } from '../statistics/by-boot.ts';
import { clusteredMedian, medianInterval } from '../statistics/median-interval.ts';
import type { Statistic } from '../statistics/statistic.ts';
import { tailQuantile } from '../statistics/tail-quantile.ts';
import { type Noise, noises } from './noise.ts';

/** How often the 95 % interval of a quantile held the true one. */
export interface Coverage {
  readonly noise: string;
  readonly quantile: string;
  readonly boots: number;
  /** Share of the runs in which an interval was given at all. */
  readonly given: number;
  /** Of those, the share in which it held the truth; undefined when it was hardly ever given. */
  readonly held?: number;
}

const QUANTILES = [
  { name: 'p50', share: 0.5, z: 0 },
  { name: 'p90', share: 0.9, z: 1.2815515655446004 },
  { name: 'p95', share: 0.95, z: 1.6448536269514722 },
] as const;
export const COVERAGE_BOOTS = [5, 8, 10, 20, 30] as const;
const CYCLES = 4;
/** In fewer runs than this share, the coverage says nothing. */
const RARE = 0.02;

/** Simulates `runs` runs for each kind of noise and number of boots. */
export function coverages(runs: number, seed: number): readonly Coverage[] {
  const all = noises(seed);
  const simulated = [
    all.independentNormal,
    all.independentLognormal,
    all.clustered,
    all.stronglyClustered,
    all.clusteredLognormal,
    all.slowBoots,
  ];
  return simulated.flatMap((noise) => COVERAGE_BOOTS.flatMap((boots) => coveragesOf(noise, boots, runs)));
}

function coveragesOf(noise: Noise, boots: number, runs: number): readonly Coverage[] {
  const counts = QUANTILES.map(() => ({ given: 0, held: 0 }));
  for (let run = 0; run < runs; run++) {
    const latencies = noise.latencies(boots, CYCLES);
    const sorted = sortByValue(latencies);
    QUANTILES.forEach(({ share, z }, index) => {
      const { ci95 }: Statistic =
        share === 0.5 ? medianInterval(clusteredMedian(latencies)) : tailQuantile(latencies, sorted, share);
      const count = counts[index];
      const truth = noise.quantile?.(z);
      if (!ci95 || !count || truth === undefined) return;
      count.given += 1;
      if (ci95[0] <= truth && truth <= ci95[1]) count.held += 1;
    });
  }
  return QUANTILES.map(({ name }, index) => {
    const { given, held } = counts[index] ?? { given: 0, held: 0 };
    const common = { noise: noise.name, quantile: name, boots, given: given / runs };
    return given < RARE * runs ? common : { ...common, held: held / given };
  });
}
