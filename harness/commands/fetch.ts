import { EXIT, type ExitCode } from '../exit-codes.ts';
import { KERNEL } from '../versions/debian-kernel.ts';
import { QEMU_VERSION } from '../versions/debian-qemu.ts';
import { fetchVersion } from '../versions/fetch-version.ts';
import { SUITE_NAMES, type SuiteName } from '../versions/suites.ts';

export interface FetchFlags {
  readonly newer?: boolean;
}

/**
 * `bench fetch`: kernel and QEMU of these suites, of all if none is named, before a run needs them; with `--newer` the
 * suite's newest, which runs use from then on. What cannot be had is said by name, and the others are fetched: exit 4.
 */
export async function fetchCommand(suites: readonly SuiteName[], { newer = false }: FetchFlags): Promise<ExitCode> {
  const report = (text: string) => process.stderr.write(`${text}\n`);
  let code: ExitCode = EXIT.ok;
  for (const suite of suites.length > 0 ? suites : SUITE_NAMES) {
    for (const kind of [KERNEL, QEMU_VERSION]) {
      const fetched = await fetchVersion(kind, { suite }, report, { newest: newer });
      if (fetched.ok) {
        const { package: from, directory } = fetched.value;
        process.stdout.write(`${suite} ${kind.name}: ${from.name} ${from.version}, in ${directory}\n`);
      } else {
        process.stderr.write(`${suite} ${kind.name}: ${fetched.failure.what}\n${fetched.failure.remedy}\n`);
        code = EXIT.hostUnable;
      }
    }
  }
  return code;
}
