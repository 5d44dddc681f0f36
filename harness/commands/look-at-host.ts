import { checkNoise, isBusy, type NoiseFinding } from '../host/noise-check.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { hostNoiseTexts } from '../record/host-noise.ts';
import { readRunFile } from '../record/run-file.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Accelerator } from '../vocabulary.ts';
import type { RunFlags } from './flags.ts';
import { say } from './output.ts';

/**
 * What disturbs measurements on this host, said before the first boot. The failure says why a baseline is not measured now.
 * Nothing is looked for in virtual time, which stands still while a guest waits for its turn.
 */
export function lookAtHost(
  ready: readonly ReadyVariant[],
  { saveBaseline, force = false }: Pick<RunFlags, 'saveBaseline' | 'force'>,
): Result<readonly NoiseFinding[], string> {
  const noise = ready.some(({ variant }) => variant.clock === 'real') ? checkNoise() : [];
  for (const { what, text } of noise) say(`host, ${what}: ${text}`);
  if (saveBaseline === undefined || force || !isBusy(noise)) return ok(noise);
  return fail(
    `--save-baseline ${saveBaseline}: the host is busy, and every later run would be compared with that. ` +
      'Nothing was measured; --force measures and saves all the same.',
  );
}

/** What an accelerator means for the figures. */
const ACCELERATORS: Readonly<Record<Accelerator, string>> = {
  kvm: "KVM: the guest runs on the host's processor",
  tcg: 'TCG: every instruction of the guest is emulated, so its work takes longer than under KVM, and its fixed waits do not',
};

/** What the machines will run on, and why, each once. */
export function acceleratorLines(ready: readonly ReadyVariant[]): readonly string[] {
  return [...new Set(ready.map(({ accelerator: { used, why } }) => `${ACCELERATORS[used]} (${why})`))];
}

/** What disturbed a run that has ended, for the lines above its table. */
export function disturbanceLines(directory: string): readonly string[] {
  const stored = readRunFile(directory);
  return stored.ok ? hostNoiseTexts(stored.value).map((text) => `host not quiet: ${text}`) : [];
}
