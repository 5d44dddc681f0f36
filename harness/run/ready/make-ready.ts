import { join } from 'node:path';
import { cacheRoot } from '../../cache/cache.ts';
import { type GuestImage, prepareGuest } from '../../guest/prepare-guest.ts';
import { devices } from '../../machine/device/index.ts';
import { majorMinor } from '../../machine/qemu-release.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { qemuProblem } from '../../machine/topology/machine-type.ts';
import { machineSpec, type ReadyVariant } from '../../plan/ready-variant.ts';
import { type UnavailableVariant, unavailableLines } from '../../plan/unavailable-variants.ts';
import { decideAccelerator } from '../../qemu/accelerator.ts';
import type { ProcessRegistry } from '../../qemu/process-registry.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';
import { inspectSteps, pluggedDevices } from '../../scenario/walk-steps.ts';
import type { Variant } from '../../variant.ts';
import type { KernelChoice } from '../../versions/guest-kernel.ts';
import { isWaitParameter, kernelHasParameter } from '../../versions/kernel-build/wait-parameters.ts';
import { INSPECTION_MODULES } from '../boot/unmeasured-steps.ts';
import { PAIRING_MODULE } from '../session/observe.ts';
import { type DeviceToPlug, refusedDevices, takenNames } from './check-devices.ts';
import { type FoundQemu, findQemu } from './find-qemu.ts';
import { probeKvm } from './probe-kvm.ts';
import { onStoppedMachine } from './stopped-machine.ts';
import { machinePartsOf } from './variant-needs.ts';

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
  const answers: ParameterAnswers = new Map();
  // Variants mostly share a kernel, and to find it in the cache takes files to be read and compilers to be asked.
  const guests = new Map<string, Awaited<ReturnType<typeof prepareGuest>>>();
  const qemus = new Map<string, FoundQemu>();
  const refused: Refusals = new Map();
  for (const variant of variants) {
    const qemu = await findOnce(variant, context, qemus);
    if (!qemu.ok) {
      if (qemu.failure.kind !== 'unavailable') return fail(notReady(variant, qemu.failure));
      unavailable.push(withoutVersion(variant, qemu.failure));
      continue;
    }
    const release = majorMinor(qemu.value.version);
    const broken = release && qemuProblem(release, topologyOf(variant.topology));
    if (broken)
      return fail(notReady(variant, { kind: 'absent', what: `${broken.wrong}.`, remedy: `Use ${broken.expected}.` }));
    const { parts, leftOut } = machinePartsOf(variant);
    const modules = [...modulesOf(variant), ...parts.flatMap((part) => part.guestModules)];
    const prepare = async (later?: string) => {
      const key = JSON.stringify([variant.guest.kernel, modules, later]);
      const guest = guests.get(key) ?? (await prepareGuest(variant.guest.kernel, modules, context.report, later));
      guests.set(key, guest);
      return guest;
    };
    const guest = await prepare();
    if (!guest.ok) {
      if (guest.failure.kind !== 'unavailable') return fail(notReady(variant, guest.failure));
      unavailable.push(withoutVersion(variant, guest.failure));
      continue;
    }
    const missing = await missingParameters(variant, guest.value, answers);
    if (missing.length > 0)
      return fail({ blame: 'scenario', message: withoutParameters(variant, guest.value, missing) });
    const machine = {
      variant,
      qemu: qemu.value.command,
      guest: guest.value,
      parts,
      sharesMemory: sharesMemory(variant),
      ...(release && { qemuRelease: release }),
    };
    const accelerator = await accelerate(machine, context);
    if (!accelerator.ok) return fail({ blame: 'host', message: accelerator.failure.message });
    const pairing = accelerator.value.used === 'kvm' ? await prepare(PAIRING_MODULE) : guest;
    if (!pairing.ok) return fail(notReady(variant, pairing.failure));
    const { version, sha256, package: from } = qemu.value;
    const ownQemu = {
      ...(variant.qemu !== undefined && { qemuVersion: version }),
      ...(from && { qemuPackage: from }),
      ...(sha256 !== undefined && { qemuSha256: sha256 }),
    };
    const one = { ...machine, guest: pairing.value, ...ownQemu, leftOut, accelerator: accelerator.value };
    const plugged = toPlug(one);
    const taken = takenNames(machineSpec(one), plugged);
    const asksQemu = taken.length === 0 && !context.dryRun;
    const refusals = asksQemu ? await refusedOnce(one, plugged, refused, context.registry) : taken;
    if (refusals.length > 0) {
      return fail({
        blame: 'scenario',
        message: refusals.map((text) => `${variant.scenario}/${variant.name}: ${text}`).join('\n'),
      });
    }
    ready.push(one);
  }
  if (ready.length > 0 || unavailable.length === 0) return ok({ ready, unavailable });
  return fail({ blame: 'host', message: unavailableLines(unavailable).join('\n') });
}

function withoutVersion({ scenario, name }: Variant, { what, remedy }: FailureWithRemedy): UnavailableVariant {
  return { scenario, variant: name, reason: `${what}\n${remedy}` };
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

/** What QEMU says of the devices of a sequence, by the machine and the devices: variants mostly share both. */
type Refusals = Map<string, Promise<readonly string[]>>;

/** The devices of a sequence, but for those that are expected to be refused: they are not asked about. */
function toPlug({ variant }: ReadyVariant): readonly DeviceToPlug[] {
  const slots = topologyOf(variant.topology).slots(variant.topologyOptions);
  return pluggedDevices(variant).flatMap((step) => {
    const device = devices.get(step.device);
    const slot = slots[step.slot];
    const expected = step.expected ?? variant.expected.plug ?? [];
    return device && slot && !expected.includes('refused') ? [{ ...step, device, slot }] : [];
  });
}

/** What QEMU would refuse, asked before the first boot. */
function refusedOnce(
  one: ReadyVariant,
  plugged: readonly DeviceToPlug[],
  known: Refusals,
  registry: ProcessRegistry,
): Promise<readonly string[]> {
  const { variant, qemu } = one;
  const { topology, topologyOptions, machine, guest, parts } = { ...variant, ...one };
  const kinds = [...new Set(plugged.map(({ device, options }) => JSON.stringify([device.name, options])))];
  const names = parts.map(({ name }) => name);
  const key = JSON.stringify([
    qemu,
    topology,
    topologyOptions,
    machine,
    guest.release,
    variant.guest.iommu,
    names,
    kinds,
  ]);
  const answer = known.get(key) ?? askAbout(one, plugged, registry);
  known.set(key, answer);
  return answer;
}

/** Also a machine without devices is started once: QEMU may not know its type. */
async function askAbout(
  one: ReadyVariant,
  plugged: readonly DeviceToPlug[],
  registry: ProcessRegistry,
): Promise<readonly string[]> {
  const place = { registry, qemu: one.qemu };
  if (plugged.length > 0) return refusedDevices(machineSpec(one), plugged, place);
  const started = await onStoppedMachine(machineSpec(one), place, async () => undefined);
  return started.ok ? [] : [`QEMU does not start this machine: ${started.failure}`];
}

/** Modules of all that the sequence plugs and inspects, in the order in which they are first needed. */
function modulesOf(variant: Variant): readonly string[] {
  const plugged = pluggedDevices(variant).flatMap(
    ({ device, options }) => devices.get(device)?.guestModules(options) ?? [],
  );
  const inspected = inspectSteps(variant.steps).length > 0 ? INSPECTION_MODULES : [];
  return [...new Set([...plugged, ...inspected])];
}

function sharesMemory(variant: Variant): boolean {
  return pluggedDevices(variant).some(({ device }) => devices.get(device)?.sharesMemory ?? false);
}

/** Variants mostly share a QEMU. */
async function findOnce(
  { qemu }: Variant,
  { qemu: usual, report }: MakeReadyContext,
  known: Map<string, FoundQemu>,
): Promise<FoundQemu> {
  const key = JSON.stringify(qemu ?? null);
  const found = known.get(key) ?? (await findQemu(qemu, usual, report));
  known.set(key, found);
  return found;
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
