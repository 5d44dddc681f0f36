import { EXIT, type ExitCode } from '../exit-codes.ts';
import { checkNoise } from '../host/noise-check.ts';
import type { NoiseFlags } from './flags.ts';
import { print } from './output.ts';

/** `bench noise`: what on this host disturbs measurements. With `--strict-host`, exit 4 when there is something. */
export function noiseCommand({ strictHost }: NoiseFlags): ExitCode {
  const findings = checkNoise();
  const lines = findings.map(({ what, text }) => `${what}: ${text}`);
  print((lines.length === 0 ? ['this host is quiet'] : lines).join('\n'));
  return strictHost && findings.length > 0 ? EXIT.hostUnable : EXIT.ok;
}
