import type { Sampling, Step, Variant } from '../variant.ts';
import { count, quote } from '../words.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { SamplingSettings } from './schema.ts';
import type { PlacedVariant } from './setting-place.ts';
import { settingPlace, variantWords } from './setting-place.ts';
import { mergeSampling } from './settings.ts';
import { devicesToUse, measuredSteps } from './step/walk-steps.ts';
import type { Finding } from './yaml/problem.ts';

/** What is wrong between a sequence that can be followed and how its variant is booted, loaded and sampled. */
export function passFindings(placed: PlacedVariant): readonly Finding[] {
  const { named, settings, sequence } = placed;
  if (sequence === undefined || sequence.findings.length > 0) return [];
  const findings: Finding[] = [];
  const { started, bootPlugs, steps, left, path } = sequence;
  if (bootPlugs.some(({ atReady }) => !atReady) && settings.bootMode === 'snapshot') {
    const wrong = 'boots from a snapshot, and a sequence that plugs during the boot';
    findings.push({ path: settingPlace(named, ['boot_mode']), at: 'value', wrong, expected: 'boot_mode: fresh' });
  }
  if (settings.until) {
    const untilPath = settingPlace(named, ['until']);
    if (devicesToUse(sequence) === 0) {
      const wrong = 'until: usable, and no device that could become usable';
      findings.push({ path: untilPath, at: 'key', wrong, expected: '"start", or a step that plugs something' });
    }
    if (isRepeated(settings.sampling)) {
      const repeats = repeatsWords(variantWords(named), settings.sampling);
      findings.push({ path: untilPath, at: 'key', ...untilWords(repeats) });
    }
  }
  if (settings.load.guestCpus + settings.load.hostCpus > 0 && steps.length === 0) {
    const wrong = 'a load, and a sequence with nothing after the boot';
    findings.push({ path: settingPlace(named, ['load']), at: 'key', wrong, expected: 'steps to do under load' });
  }
  if (!isRepeated(settings.sampling)) return findings;
  const repeats = repeatsWords(variantWords(named), settings.sampling);
  if (bootPlugs.length > 0) return [...findings, { path, at: 'key', ...bootPlugWords(repeats) }];
  const gone = without(started, left);
  if (gone.length > 0) findings.push({ path, at: 'key', ...goneWords(gone, repeats) });
  const added = without(left, started);
  // One step may have left several devices.
  const leaving = [...new Set(added.map((one) => one.path))];
  return [
    ...findings,
    ...leaving.map((step): Finding => {
      const ids = added.filter((one) => one.path === step).map(({ deviceId }) => deviceId);
      return { path: step, at: 'value', ...leftWords(ids, repeats) };
    }),
  ];
}

/** Why a variant cannot be sampled as the command line has it, in the words for a file; undefined when it can. */
export function passRefusal({
  scenario,
  name,
  sampling,
  until,
  started,
  bootPlugs,
  steps,
}: Variant): string | undefined {
  if (!isRepeated(sampling)) return undefined;
  const repeats = repeatsWords(`the variant ${quote(name)}`, sampling);
  const left = leftPlugged(started, steps);
  const gone = without(started, left);
  const added = without(left, started);
  const words =
    (until && untilWords(repeats)) ||
    (bootPlugs.length > 0 && bootPlugWords(repeats)) ||
    (gone.length > 0 && goneWords(gone, repeats)) ||
    (added.length > 0 &&
      leftWords(
        added.map(({ deviceId }) => deviceId),
        repeats,
      ));
  return words ? `${scenario}/${name}: ${words.wrong}, expected ${words.expected}` : undefined;
}

/** A device in a slot; where QEMU is meant to refuse it, in none. */
interface Placed {
  readonly deviceId: string;
  readonly device: string;
  readonly slot: unknown;
}

/** Those of which the others have no like: with the id, the device and the slot of which a second pass finds what the first one found. */
function without<Own extends Placed>(own: readonly Own[], others: readonly Placed[]): readonly Own[] {
  const isSame = (one: Placed, other: Placed) =>
    one.deviceId === other.deviceId && one.device === other.device && one.slot === other.slot;
  return own.filter((one) => !others.some((other) => isSame(one, other)));
}

const ONE_PASS = '"sampling: { cycles: 1, warmup: 0 }"';

type Words = Pick<Finding, 'wrong' | 'expected'>;

function isRepeated({ warmup, cycles }: Sampling): boolean {
  return warmup + cycles > 1;
}

function repeatsWords(who: string, { warmup, cycles }: Sampling): string {
  return `${who} repeats it (warmup: ${warmup}, cycles: ${cycles})`;
}

function untilWords(repeats: string): Words {
  return { wrong: `until: usable, which is one time for each boot, and ${repeats}`, expected: ONE_PASS };
}

function bootPlugWords(repeats: string): Words {
  const wrong = `a sequence that plugs during the boot, and ${repeats}`;
  return { wrong, expected: ONE_PASS };
}

/** A second pass in the same boot would plug what is still there. */
function leftWords([first = '', ...others]: readonly string[], repeats: string): Words {
  const more = others.length === 0 ? 'is' : `and ${count(others.length, 'other')} are`;
  const wrong = `${quote(first)} ${more} still plugged at the end of the sequence, and ${repeats}`;
  return { wrong, expected: others.length === 0 ? `a step "unplug: ${first}"` : 'a step "unplug: all"' };
}

/** The next pass would find another machine than the first. */
function goneWords([first, ...others]: readonly Placed[], repeats: string): Words {
  const more = others.length === 0 ? 'is' : `and ${count(others.length, 'other')} are`;
  const wrong = `${quote(first?.deviceId ?? '')} ${more} there from the start and not, or elsewhere, at the end of the sequence, and ${repeats}`;
  return { wrong, expected: `${ONE_PASS}, or a step that plugs the same into the same slot` };
}

/** What is plugged at the end of a pass, the oldest first. */
function leftPlugged(started: readonly Placed[], steps: readonly Step[]): readonly Placed[] {
  const plugged = new Map<string, Placed>(started.map((one) => [one.deviceId, one]));
  for (const step of measuredSteps(steps)) {
    if (step.meantRefused) continue;
    if (step.operation === 'plug') plugged.set(step.deviceId, step);
    else plugged.delete(step.deviceId);
  }
  return [...plugged.values()];
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
