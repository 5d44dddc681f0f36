import { join } from 'node:path';
import { devices } from '../device/index.ts';
import { cacheRoot } from '../guest/cache.ts';
import { isWaitParameter, kernelHasParameter } from '../guest/kernel/wait-parameters.ts';
import { type GuestImage, prepareGuest } from '../guest/prepare-guest.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { decideAccelerator } from '../qemu/accelerator.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Variant } from '../scenario/variant.ts';
import { topologyOf } from '../topology/index.ts';
import { INSPECTION_MODULES } from './inspect.ts';
import { probeKvm } from './probe-kvm.ts';

export interface MakeReadyContext {
  /** Path of the QEMU binary. */
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  /** Gets a line of progress now and then. */
  readonly report: (text: string) => void;
}

/** Why a variant cannot be run. `scenario`: it asks for what its own kernel lacks. `host`: this host has not got it. */
export interface NotReady {
  readonly blame: 'scenario' | 'host';
  readonly message: string;
}

/** Fetches or builds what each variant boots, and decides its accelerator. */
export async function makeReady(
  variants: readonly Variant[],
  context: MakeReadyContext,
): Promise<Result<readonly ReadyVariant[], NotReady>> {
  const ready: ReadyVariant[] = [];
  const answers: ParameterAnswers = new Map();
  // Variants mostly share a kernel, and to find it in the cache takes files to be read and compilers to be asked.
  const guests = new Map<string, Awaited<ReturnType<typeof prepareGuest>>>();
  for (const variant of variants) {
    const modules = modulesOf(variant);
    const key = JSON.stringify([variant.guest.kernel, modules]);
    const guest = guests.get(key) ?? (await prepareGuest(variant.guest.kernel, modules, context.report));
    guests.set(key, guest);
    if (!guest.ok) {
      const { what, remedy } = guest.failure;
      return fail({ blame: 'host', message: `${variant.scenario}/${variant.name}: ${what}\n${remedy}` });
    }
    const missing = await missingParameters(variant, guest.value, answers);
    if (missing.length > 0)
      return fail({ blame: 'scenario', message: withoutParameters(variant, guest.value, missing) });
    const accelerator = await accelerate(variant, guest.value, context);
    if (!accelerator.ok) return fail({ blame: 'host', message: accelerator.failure.message });
    ready.push({ variant, guest: guest.value, accelerator: accelerator.value });
  }
  return ok(ready);
}

/**
 * Parameters of drivers (`module.name`) that the scenario sets and this kernel certainly lacks. A kernel ignores what it
 * does not know, and the run would silently measure the wait that the scenario meant to remove.
 */
async function missingParameters(
  { guest }: Variant,
  { kernelImage, ...kernel }: GuestImage,
  answers: ParameterAnswers,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of Object.keys(guest.parameters).filter((parameter) => parameter.includes('.'))) {
    const key = `${kernel.identity} ${name}`;
    const answer = answers.get(key) ?? (await kernelHasParameter({ ...kernel, image: kernelImage }, name));
    answers.set(key, answer);
    if (answer === 'no') missing.push(name);
  }
  return missing;
}

/** Asking a kernel means unpacking it: each is asked once for each parameter, by the kernel's identity and its name. */
type ParameterAnswers = Map<string, 'yes' | 'no' | 'unknown'>;

function withoutParameters({ scenario, name }: Variant, guest: GuestImage, missing: readonly string[]): string {
  const advice = missing.some(isWaitParameter) ? '\n"kernel: patched" has it.' : '';
  return `${scenario}/${name}: the guest kernel (${guest.description}) has no parameter ${missing.join(', ')}.${advice}`;
}

/** Modules of all that the sequence plugs and inspects, in the order in which they are first needed. */
function modulesOf({ steps }: Variant): readonly string[] {
  const names = steps.flatMap((step) =>
    step.operation === 'inspect' ? INSPECTION_MODULES : (devices.get(step.device)?.guestModules ?? []),
  );
  return [...new Set(names)];
}

function accelerate(variant: Variant, guest: GuestImage, { qemu, registry, signal, dryRun, report }: MakeReadyContext) {
  const topology = topologyOf(variant.topology);
  const subject = { qemu, kernelIdentity: guest.identity, cacheDirectory: join(cacheRoot(), 'accelerator') };
  const spec = {
    topology,
    topologyOptions: variant.topologyOptions,
    guest: variant.guest,
    files: guest,
    accelerator: 'kvm',
  } as const;
  return decideAccelerator(variant.accelerator, subject, async () => {
    if (dryRun) return undefined;
    report('trying KVM with the real guest');
    return probeKvm(spec, { registry, qemu }, signal);
  });
}
