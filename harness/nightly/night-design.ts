import { designLines } from '../../report/terminal/design.ts';
import { type Design, designOf } from '../history/design.ts';
import { spreadsIn } from '../history/learnt-spread.ts';
import { hostIdentity } from '../host/fingerprint.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { DEFAULT_DETECT } from '../statistics/comparison.ts';
import type { NightlyOptions } from './options.ts';

/** What a night is measured with, and what is to be said of it before it starts. */
export interface NightDesign {
  /** For `run`. */
  readonly flags: readonly string[];
  readonly lines: readonly string[];
}

/** So that a night has as many boots as the one before, though estimates move a little. */
const BOOTS_IN_STEPS_OF = 5;

/**
 * Chooses the number of boots from what earlier nights have taught: as many as it takes for the slowdown that is not to be
 * missed, where a number does, and at least what the scenarios say. What cannot be found all the same is said.
 *
 * Nothing is chosen where nothing is known (the first nights), in virtual time, whose verdicts do not rest on this, and for
 * scenarios that add boots until medians are known well enough.
 */
export async function designNight({ scenarios, out, detect = DEFAULT_DETECT }: NightlyOptions): Promise<NightDesign> {
  const loaded = await loadScenarioFiles(scenarios);
  // What is wrong with a scenario, `run` says.
  if (!loaded.ok) return { flags: [], lines: [] };
  const variants = loaded.value.flatMap((scenario) => scenario.variants);
  if (variants.some(({ sampling, clock }) => sampling.adaptive || clock === 'virtual')) return { flags: [], lines: [] };
  const names = new Set(variants.map(({ scenario, name }) => `${scenario}/${name}`));
  const { spreads } = await spreadsIn({ root: out, host: hostIdentity().hostname });
  const known = spreads.filter(({ metric }) => names.has(`${metric.scenario}/${metric.variant}`));
  const planned = Math.max(...variants.map(({ sampling }) => sampling.boots));
  const design = designOf(known, detect, planned);
  return { flags: flagsOf(design, planned), lines: designLines(design) };
}

function flagsOf({ boots, metrics }: Design, planned: number): readonly string[] {
  if (metrics.length === 0 || boots <= planned) return [];
  return ['--boots', String(Math.ceil(boots / BOOTS_IN_STEPS_OF) * BOOTS_IN_STEPS_OF)];
}
