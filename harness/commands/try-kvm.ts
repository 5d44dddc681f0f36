import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findQemu, QEMU } from '../host/requirements.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { fail, ok, type Result } from '../result.ts';
import { makeReady } from '../run/ready/make-ready.ts';
import { parseScenario } from '../scenario/parse.ts';

/** The smallest machine, with the stock guest. */
const SCENARIO = 'name: kvm\nvariants: { acpi: { topology: acpi-root-port } }\nsequence: [boot]\n';

export interface KvmAnswer {
  readonly works: boolean;
  /** What was seen. */
  readonly why: string;
}

/** Why there is no answer, and the exit code that goes with it. */
export interface KvmNotTried {
  readonly message: string;
  readonly code: ExitCode;
}

/**
 * Whether the stock guest boots under KVM: tried as a run tries it, and remembered where a run remembers it. Fetches the
 * guest if it is not there.
 *
 * @param report gets a line of progress now and then
 */
export async function tryKvm(
  signal: AbortSignal,
  report: (text: string) => void,
): Promise<Result<KvmAnswer, KvmNotTried>> {
  const hostLacks = (message: string) => fail({ message, code: EXIT.hostUnable });
  const qemu = findQemu();
  if (!qemu) return hostLacks(`${QEMU} is not in PATH`);
  const scenario = parseScenario('kvm.yaml', SCENARIO);
  if (!scenario.ok) throw new Error('the scenario in this file is not sound');
  const registry = await openRegistry();
  if (!registry.ok) return hostLacks(registry.failure.message);
  try {
    const context = { qemu, registry: registry.value, signal, dryRun: false, report };
    const ready = await makeReady(scenario.value.variants, context);
    if (signal.aborted) return fail({ message: 'interrupted', code: EXIT.interrupted });
    if (!ready.ok) return hostLacks(ready.failure.message);
    const [accelerator] = ready.value.ready.map((one) => one.accelerator);
    if (!accelerator) throw new Error('the scenario in this file has no variant');
    return ok({ works: accelerator.used === 'kvm', why: accelerator.why });
  } finally {
    await registry.value.close();
  }
}
