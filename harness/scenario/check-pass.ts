import type { Sampling, Step, Variant } from '../variant.ts';
import { count, quote } from '../words.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { SamplingSettings } from './schema.ts';
import type { PlacedVariant } from './setting-place.ts';
import { settingPlace, variantWords } from './setting-place.ts';
import { mergeSampling } from './settings.ts';
import { measuredSteps } from './walk-steps.ts';
import type { Finding } from './yaml/problem.ts';

/** What is wrong between a sequence that can be followed and how its variant is booted, loaded and sampled. */
export function passFindings(placed: PlacedVariant): readonly Finding[] {
  const { named, settings, sequence } = placed;
  if (sequence === undefined || sequence.findings.length > 0) return [];
  const findings: Finding[] = [];
  const { bootPlugs, steps, left, path } = sequence;
  if (bootPlugs.length > 0 && settings.bootMode === 'snapshot') {
    const wrong = 'boots from a snapshot, and a sequence that plugs during the boot';
    findings.push({ path: settingPlace(named, ['boot_mode']), at: 'value', wrong, expected: 'boot_mode: fresh' });
  }
  if (settings.load.guestCpus + settings.load.hostCpus > 0 && steps.length === 0) {
    const wrong = 'a load, and a sequence with nothing after the boot';
    findings.push({ path: settingPlace(named, ['load']), at: 'key', wrong, expected: 'steps to do under load' });
  }
  if (!isRepeated(settings.sampling)) return findings;
  const repeats = repeatsWords(variantWords(named), settings.sampling);
  if (bootPlugs.length > 0) return [...findings, { path, at: 'key', ...bootPlugWords(repeats) }];
  // One step may have left several devices.
  const leaving = [...new Set(left.map((one) => one.path))];
  return [
    ...findings,
    ...leaving.map((step): Finding => {
      const ids = left.filter((one) => one.path === step).map(({ deviceId }) => deviceId);
      return { path: step, at: 'value', ...leftWords(ids, repeats) };
    }),
  ];
}

/** Why a variant cannot be sampled as the command line has it, in the words for a file; undefined when it can. */
export function passRefusal({ scenario, name, sampling, bootPlugs, steps }: Variant): string | undefined {
  if (!isRepeated(sampling)) return undefined;
  const repeats = repeatsWords(`the variant ${quote(name)}`, sampling);
  const left = leftPlugged(steps);
  if (bootPlugs.length === 0 && left.length === 0) return undefined;
  const { wrong, expected } = bootPlugs.length > 0 ? bootPlugWords(repeats) : leftWords(left, repeats);
  return `${scenario}/${name}: ${wrong}, expected ${expected}`;
}

type Words = Pick<Finding, 'wrong' | 'expected'>;

function isRepeated({ warmup, cycles }: Sampling): boolean {
  return warmup + cycles > 1;
}

function repeatsWords(who: string, { warmup, cycles }: Sampling): string {
  return `${who} repeats it (warmup: ${warmup}, cycles: ${cycles})`;
}

function bootPlugWords(repeats: string): Words {
  const wrong = `a sequence that plugs during the boot, and ${repeats}`;
  return { wrong, expected: '"sampling: { cycles: 1, warmup: 0 }"' };
}

/** A second pass in the same boot would plug what is still there. */
function leftWords([first = '', ...others]: readonly string[], repeats: string): Words {
  const more = others.length === 0 ? 'is' : `and ${count(others.length, 'other')} are`;
  const wrong = `${quote(first)} ${more} still plugged at the end of the sequence, and ${repeats}`;
  return { wrong, expected: others.length === 0 ? `a step "unplug: ${first}"` : 'a step "unplug: all"' };
}

/** The ids that a pass plugs and does not unplug, the oldest first. */
function leftPlugged(steps: readonly Step[]): readonly string[] {
  const plugged = new Set<string>();
  for (const { operation, deviceId, meantRefused } of measuredSteps(steps)) {
    if (meantRefused) continue;
    if (operation === 'plug') plugged.add(deviceId);
    else plugged.delete(deviceId);
  }
  return [...plugged];
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
