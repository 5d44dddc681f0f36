import { join } from 'node:path';
import { cacheRoot } from '../../cache/cache.ts';
import { type GuestImage, prepareGuest } from '../../guest/prepare-guest.ts';
import { majorMinor } from '../../machine/qemu-release.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { qemuProblem } from '../../machine/topology/machine-type.ts';
import { machineSpec, type ReadyVariant, type UnavailableVariant, unavailableLines } from '../../plan/ready-variant.ts';
import { decideAccelerator } from '../../qemu/accelerator.ts';
import type { ProcessRegistry } from '../../qemu/process-registry.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import type { Variant } from '../../variant.ts';
import { debianOvmf } from '../../versions/debian-ovmf.ts';
import type { KernelChoice } from '../../versions/guest-kernel.ts';
import { isWaitParameter, kernelHasParameter } from '../../versions/kernel-build/wait-parameters.ts';
import { PAIRING_MODULE } from '../session/observe.ts';
import { type DeviceToPlug, refusalsOf, takenNames } from './check-devices.ts';
import { type FoundQemu, findQemu } from './find-qemu.ts';
import { probeKvm } from './probe-kvm.ts';
import {
  devicesToPlug,
  listedRequests,
  machinePartsOf,
  modulesOf,
  refusingBuses,
  sharesMemory,
} from './variant-needs.ts';

export interface MakeReadyContext {
  /** Path of the QEMU binary for variants that name none. */
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

export interface Readiness {
  readonly ready: readonly ReadyVariant[];
  /** Those that the run goes on without. */
  readonly unavailable: readonly UnavailableVariant[];
}

/**
 * Fetches or builds what each variant boots, and decides its accelerator. A variant whose version of QEMU or the kernel
 * cannot be had is left out: a suite that has gone must not take a comparison of four others with it. Without any
 * variant left it is a failure.
 */
export async function makeReady(
  variants: readonly Variant[],
  context: MakeReadyContext,
): Promise<Result<Readiness, NotReady>> {
  const ready: ReadyVariant[] = [];
  const unavailable: UnavailableVariant[] = [];
  const shared: Shared = {
    qemus: onceEach(),
    firmwares: onceEach(),
    guests: onceEach(),
    parameters: onceEach(),
    refusals: onceEach(),
  };
  for (const variant of variants) {
    const one = await makeOneReady(variant, context, shared);
    if ('ready' in one) ready.push(one.ready);
    else if ('unavailable' in one) unavailable.push(one.unavailable);
    else return fail(one.notReady);
  }
  if (ready.length > 0 || unavailable.length === 0) return ok({ ready, unavailable });
  return fail({ blame: 'host', message: unavailableLines(unavailable).join('\n') });
}

/** Answers that variants mostly share: to find a kernel in the cache takes files to be read and compilers to be asked. */
interface Shared {
  readonly qemus: OnceEach<FoundQemu>;
  readonly firmwares: OnceEach<Awaited<ReturnType<typeof debianOvmf>>>;
  readonly guests: OnceEach<Awaited<ReturnType<typeof prepareGuest>>>;
  /** Whether a kernel has a parameter; asking it means unpacking it. */
  readonly parameters: OnceEach<'yes' | 'no' | 'unknown'>;
  /** What QEMU says of the devices of a sequence. */
  readonly refusals: OnceEach<readonly string[]>;
}

/** Gives the answer that was found for an equal question before, or has it found. */
type OnceEach<Answer> = (question: unknown, find: () => Promise<Answer>) => Promise<Answer>;

function onceEach<Answer>(): OnceEach<Answer> {
  const known = new Map<string, Promise<Answer>>();
  return (question, find) => {
    const key = JSON.stringify(question);
    const answer = known.get(key) ?? find();
    known.set(key, answer);
    return answer;
  };
}

type OneVariant =
  | { readonly ready: ReadyVariant }
  | { readonly unavailable: UnavailableVariant }
  | { readonly notReady: NotReady };

async function makeOneReady(variant: Variant, context: MakeReadyContext, shared: Shared): Promise<OneVariant> {
  const { report, registry, dryRun } = context;
  const { scenario, name } = variant;
  const qemu = await shared.qemus(variant.qemu ?? null, () => findQemu(variant.qemu, context.qemu, report, !dryRun));
  if (!qemu.ok) return withoutVersion(variant, qemu.failure);
  const { command, version, sha256, package: from } = qemu.value;
  const release = majorMinor(version);
  const broken = release && qemuProblem(release, topologyOf(variant.topology));
  if (broken) {
    const failure = { kind: 'absent', what: `${broken.wrong}.`, remedy: `Use ${broken.expected}.` } as const;
    return { notReady: notReady(variant, failure) };
  }
  const firmware = variant.firmware === 'ovmf' ? await shared.firmwares('ovmf', () => debianOvmf(report)) : undefined;
  if (firmware?.ok === false) return withoutVersion(variant, firmware.failure);
  const { parts, leftOut } = machinePartsOf(variant);
  const modules = [...modulesOf(variant), ...parts.flatMap((part) => part.guestModules)];
  const { kernel } = variant.guest;
  const requests = listedRequests(variant);
  const prepare = (later?: string) =>
    shared.guests([kernel, modules, later, requests], () => prepareGuest(kernel, { modules, later, requests }, report));
  const guest = await prepare();
  if (!guest.ok) return withoutVersion(variant, guest.failure);
  const missing = await missingParameters(variant, guest.value, shared.parameters);
  if (missing.length > 0)
    return { notReady: { blame: 'scenario', message: withoutParameters(variant, guest.value, missing) } };
  const machine = {
    variant,
    qemu: command,
    guest: guest.value,
    parts,
    sharesMemory: sharesMemory(variant),
    ...(release && { qemuRelease: release }),
    ...(firmware && { firmware: firmware.value }),
  };
  const accelerator = await accelerate(machine, context);
  if (!accelerator.ok) return { notReady: { blame: 'host', message: accelerator.failure.message } };
  const pairing = accelerator.value.used === 'kvm' ? await prepare(PAIRING_MODULE) : guest;
  if (!pairing.ok) return { notReady: notReady(variant, pairing.failure) };
  const ownQemu = {
    ...(variant.qemu !== undefined && { qemuVersion: version }),
    ...(from && { qemuPackage: from }),
    ...(sha256 !== undefined && { qemuSha256: sha256 }),
  };
  const ready = { ...machine, guest: pairing.value, ...ownQemu, leftOut, accelerator: accelerator.value };
  const plugged = devicesToPlug(variant);
  const buses = refusingBuses(variant);
  const taken = takenNames(machineSpec(ready), plugged);
  const asksQemu = taken.length === 0 && !dryRun;
  const refusals = asksQemu
    ? await shared.refusals([...refusalQuestion(ready, plugged), buses], () =>
        refusalsOf(machineSpec(ready), plugged, buses, { registry, qemu: command }),
      )
    : taken;
  if (refusals.length === 0) return { ready };
  const message = refusals.map((text) => `${scenario}/${name}: ${text}`).join('\n');
  return { notReady: { blame: 'scenario', message } };
}

/** All that QEMU's answer depends on: the machine, and the kinds of devices that are plugged into it. */
function refusalQuestion(
  { variant, qemu, guest, parts }: ReadyVariant,
  plugged: readonly DeviceToPlug[],
): readonly unknown[] {
  const { topology, topologyOptions, machine, qemuArguments } = variant;
  const kinds = new Set(plugged.map(({ device, options }) => JSON.stringify([device.name, options])));
  const names = parts.map(({ name }) => name);
  return [
    qemu,
    topology,
    topologyOptions,
    machine,
    qemuArguments,
    variant.firmware,
    guest.release,
    variant.guest.iommu,
    names,
    [...kinds],
  ];
}

/** Why a version cannot be had decides whether the run goes on without the variant. */
function withoutVersion(variant: Variant, failure: FailureWithRemedy): OneVariant {
  if (failure.kind !== 'unavailable') return { notReady: notReady(variant, failure) };
  const reason = `${failure.what}\n${failure.remedy}`;
  return { unavailable: { scenario: variant.scenario, variant: variant.name, reason } };
}

/**
 * Parameters of drivers (`module.name`) that the scenario sets and this kernel certainly lacks. A kernel ignores what it
 * does not know, and the run would silently measure the wait that the scenario meant to remove.
 */
async function missingParameters(
  { guest }: Variant,
  { kernelImage, ...kernel }: GuestImage,
  answers: Shared['parameters'],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of Object.keys(guest.parameters).filter((parameter) => parameter.includes('.'))) {
    const question = [kernel.identity, name];
    const answer = await answers(question, () => kernelHasParameter({ ...kernel, image: kernelImage }, name));
    if (answer === 'no') missing.push(name);
  }
  return missing;
}

function withoutParameters(
  { scenario, name, guest: { kernel } }: Variant,
  guest: GuestImage,
  missing: readonly string[],
): string {
  const advice = missing.some(isWaitParameter) ? `\n"${patchedInstead(kernel)}" has it.` : '';
  return `${scenario}/${name}: the guest kernel (${guest.description}) has no parameter ${missing.join(', ')}.${advice}`;
}

/** The patched kernel from the same suite's source. */
function patchedInstead(kernel: KernelChoice): string {
  const hasSuite = kernel.source === 'debian' || kernel.source === 'unpatched';
  return hasSuite && kernel.suite !== undefined ? `kernel: { patched: ${kernel.suite} }` : 'kernel: patched';
}

function notReady({ scenario, name }: Variant, { kind, what, remedy }: FailureWithRemedy): NotReady {
  const blame = kind === 'absent' ? 'scenario' : 'host';
  return { blame, message: `${scenario}/${name}: ${what}\n${remedy}` };
}

async function accelerate(machine: Omit<ReadyVariant, 'leftOut' | 'accelerator'>, context: MakeReadyContext) {
  const { variant, guest, qemu } = machine;
  const { registry, signal, dryRun, report } = context;
  if (variant.clock === 'virtual')
    return ok({ asked: variant.accelerator, used: 'tcg', why: 'only TCG counts instructions' } as const);
  const subject = { qemu, kernelIdentity: guest.identity, cacheDirectory: join(cacheRoot(), 'accelerator') };
  return decideAccelerator(variant.accelerator, subject, async (purpose) => {
    if (dryRun) return undefined;
    report('trying KVM with the real guest, beside TCG');
    const tried = { asked: variant.accelerator, used: 'kvm', why: '' } as const;
    return probeKvm(machineSpec({ ...machine, accelerator: tried }), { registry, qemu }, purpose, signal);
  });
}
