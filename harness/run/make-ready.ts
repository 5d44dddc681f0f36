import { join } from 'node:path';
import { devices } from '../device/index.ts';
import { cacheRoot } from '../guest/cache.ts';
import { type GuestImage, prepareGuest } from '../guest/prepare-guest.ts';
import { decideAccelerator } from '../qemu/accelerator.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Variant } from '../scenario/variant.ts';
import { topologyOf } from '../topology/index.ts';
import { probeKvm } from './probe-kvm.ts';
import type { ReadyVariant } from './run.ts';

export interface MakeReadyContext {
  /** Path of the QEMU binary. */
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  /** Gets a line of progress now and then. */
  readonly report: (text: string) => void;
}

/** Fetches or builds what each variant boots, and decides its accelerator. The failure is a text for the user. */
export async function makeReady(
  variants: readonly Variant[],
  context: MakeReadyContext,
): Promise<Result<readonly ReadyVariant[], string>> {
  const ready: ReadyVariant[] = [];
  for (const variant of variants) {
    const guest = await prepareGuest(variant.guest.kernel, modulesOf(variant), context.report);
    if (!guest.ok) return fail(`${variant.scenario}/${variant.name}: ${guest.failure.what}\n${guest.failure.remedy}`);
    const accelerator = await accelerate(variant, guest.value, context);
    if (!accelerator.ok) return fail(accelerator.failure.message);
    ready.push({ variant, guest: guest.value, accelerator: accelerator.value });
  }
  return ok(ready);
}

/** Modules of all devices that the sequence plugs, in the order in which they are first named. */
function modulesOf({ steps }: Variant): readonly string[] {
  const names = steps.flatMap(({ device }) => devices.get(device)?.guestModules ?? []);
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
