import { EXIT, type ExitCode } from '../exit-codes.ts';
import { KERNEL } from '../versions/debian-kernel.ts';
import { QEMU_VERSION } from '../versions/debian-qemu.ts';
import { fetchVersion } from '../versions/fetch-version.ts';
import { SUITE_NAMES, type SuiteName } from '../versions/suites.ts';
import type { FetchFlags } from './flags.ts';
import { print, say } from './output.ts';

/**
 * `bench fetch`: kernel and QEMU of these suites, of all if none is named, before a run needs them; with `--newer` the
 * suite's newest, which runs use from then on. What cannot be had is said by name, and the others are fetched: exit 4.
 */
export async function fetchCommand(suites: readonly SuiteName[], { newer = false }: FetchFlags): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  for (const suite of suites.length > 0 ? suites : SUITE_NAMES) {
    for (const kind of [KERNEL, QEMU_VERSION]) {
      const fetched = await fetchVersion(kind, { suite }, say, { newest: newer });
      if (fetched.ok) {
        const { package: from, directory } = fetched.value;
        print(`${suite} ${kind.name}: ${from.name} ${from.version}, in ${directory}`);
      } else {
        say(`${suite} ${kind.name}: ${fetched.failure.what}\n${fetched.failure.remedy}`);
        code = EXIT.hostUnable;
      }
    }
  }
  return code;
}
