import { explain } from '../commands/failure.ts';
import { listenForInterrupts } from '../commands/interruption.ts';
import { tryKvm } from '../commands/try-kvm.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Setup } from '../host/requirements.ts';
import { fail } from '../result.ts';
import { runNightly } from './nightly.ts';
import { parseNightly } from './options.ts';
import { benchStarter } from './start-bench.ts';

/** `scripts/nightly`. Never rejects: an exception that reaches it is a defect, whose stack trace it prints. */
export async function main(argv: readonly string[], { ensureHost }: Setup): Promise<ExitCode> {
  const options = parseNightly(argv);
  if (!options.ok) {
    process.stderr.write(`${options.failure}\n`);
    return EXIT.usage;
  }
  const say = (text: string) => process.stdout.write(`nightly: ${text}\n`);
  const { signal } = listenForInterrupts(() => say('interrupted, ending what was started'));
  const tryKvmHere = async () => {
    const host = await ensureHost({ kernelBuild: false });
    return host.ok ? tryKvm(signal, say) : fail({ message: host.message, code: EXIT.hostUnable });
  };
  try {
    return await runNightly(options.value, { bench: benchStarter(signal), tryKvm: tryKvmHere, say, signal });
  } catch (error) {
    const { message, code } = explain(error, options.value.out);
    process.stderr.write(`${message}\n`);
    return code;
  }
}
