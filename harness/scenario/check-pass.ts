import type { Followed } from './check-references.ts';
import type { Finding } from './problem.ts';
import type { PlacedSequence } from './sequence.ts';
import { settingPlace, variantWords } from './setting-place.ts';
import { count, quote } from './words.ts';

/** What is wrong between a sequence that can be followed and how its variant is booted, loaded and sampled. */
export function passFindings(followed: Followed): readonly Finding[] {
  const { named, settings, sequence } = followed;
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
  const { warmup, cycles } = settings.sampling;
  if (warmup + cycles === 1) return findings;
  const repeats = `${variantWords(named)} repeats it (warmup: ${warmup}, cycles: ${cycles})`;
  if (bootPlugs.length > 0) {
    const wrong = `a sequence that plugs during the boot, and ${repeats}`;
    return [...findings, { path, at: 'key', wrong, expected: '"sampling: { cycles: 1, warmup: 0 }"' }];
  }
  return [...findings, ...leftFindings(left, repeats)];
}

/** A second pass in the same boot would plug what is still there. One step may have left several devices. */
function leftFindings(left: PlacedSequence['left'], repeats: string): readonly Finding[] {
  const steps = new Set(left.map(({ path }) => path));
  return [...steps].map((path): Finding => {
    const [first = '', ...others] = left.filter((one) => one.path === path).map(({ deviceId }) => deviceId);
    const more = others.length === 0 ? 'is' : `and ${count(others.length, 'other')} are`;
    const wrong = `${quote(first)} ${more} still plugged at the end of the sequence, and ${repeats}`;
    const expected = others.length === 0 ? `a step "unplug: ${first}"` : 'a step "unplug: all"';
    return { path, at: 'value', wrong, expected };
  });
}
