import type { Sampling } from '../variant.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { SamplingSettings } from './schema.ts';
import { settingPlace, variantWords } from './setting-place.ts';
import type { Finding } from './yaml/problem.ts';

/**
 * What holds where nothing is said. Eight boots: `precisionOf` says why not to stop with fewer. Thirty: with so many, a change
 * of 5 % is found in three of four simulated runs at 3 % noise between boots and 5 % within (`npm run bench:gate`).
 */
const BUILT_IN = { boots: 5, cycles: 4, warmup: 1, minBoots: 8, maxBoots: 30 } as const;

/** The variant's own numbers over the defaults'. A fixed number of boots and a target replace one another. */
export function mergeSampling(defaults: SamplingSettings = {}, own: SamplingSettings = {}): Sampling {
  const all = { ...defaults, ...own };
  const { cycles = BUILT_IN.cycles, warmup = BUILT_IN.warmup } = all;
  if (all.target === undefined || own.boots !== undefined)
    return { boots: all.boots ?? BUILT_IN.boots, cycles, warmup };
  const { target, min_boots: minBoots = BUILT_IN.minBoots, max_boots: maxBoots = BUILT_IN.maxBoots } = all;
  return { boots: maxBoots, cycles, warmup, adaptive: { minBoots, targetRelative: target.relative_ci } };
}

/** What is wrong with a variant's numbers once those of the defaults are among them. */
export function samplingFindings(named: NamedSettings, defaults: SamplingSettings = {}): readonly Finding[] {
  const own = named.own.sampling ?? {};
  if (own.boots !== undefined) return [];
  const { target, min_boots: min, max_boots: max } = { ...defaults, ...own };
  const path = settingPlace(named, ['sampling']);
  if (target === undefined) {
    if (min === undefined && max === undefined) return [];
    const wrong = `"min_boots" or "max_boots" without a target in ${variantWords(named)}`;
    return [{ path, at: 'value', wrong, expected: '"target: { relative_ci: 5% }", or "boots" for a fixed number' }];
  }
  const { boots, adaptive } = mergeSampling(defaults, own);
  if (adaptive === undefined || adaptive.minBoots <= boots) return [];
  const wrong = `at least ${adaptive.minBoots} boots and at the most ${boots} in ${variantWords(named)}`;
  return [{ path, at: 'value', wrong, expected: '"max_boots" not below "min_boots"' }];
}
