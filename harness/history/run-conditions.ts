import { createHash } from 'node:crypto';
import type { RunFile, StoredHost, StoredVariant } from '../record/run-file.ts';
import type { Conditions } from '../statistics/comparison.ts';

/** The part of a run that says under what it was measured: of a stored one, or of one that is to be. */
export interface RunUnderConditions extends Pick<RunFile, 'host' | 'clock' | 'jobs' | 'variants'> {
  readonly hosts: readonly StoredHost[];
}

/**
 * What two variants have to have in common for their latencies to be compared, by names for a reader: everything that is
 * not the system under test, and what was measured at all. Whatever else describes a variant is its configuration.
 */
export function conditionsOfVariant(run: RunUnderConditions, scenario: string, name: string): Conditions {
  const hosts = run.hosts.length > 0 ? run.hosts : [run.host];
  const ofHosts = (key: 'hostname' | 'cpu_model' | 'cores' | 'kernel' | 'qemu') =>
    [...new Set(hosts.map((host) => String(host[key])))].toSorted().join(' and ');
  const variant = variantOf(run, scenario, name);
  const clock = variant?.clock ?? run.clock;
  return {
    // Instructions are the same ones on every host.
    ...(clock === 'virtual'
      ? { 'instruction length': instructionText(variant?.icount_shift ?? FIRST_SHIFT) }
      : {
          host: ofHosts('hostname'),
          CPU: ofHosts('cpu_model'),
          'CPU cores': ofHosts('cores'),
          'host kernel': ofHosts('kernel'),
        }),
    accelerator: variant?.accelerator.used ?? 'unknown',
    QEMU: variant?.qemu_version ?? ofHosts('qemu'),
    'guest kernel': variant ? kernelText(variant.guest.kernel) : 'unknown',
    clock,
    'machines side by side': String(run.jobs),
    'left out of the machine': variant?.left_out?.join('; ') || 'nothing',
    sequence: variant ? shortened(sequenceText(variant)) : 'unknown',
    // Of several passes the first costs most: with other numbers, other passes would be compared.
    passes: variant?.sampling ? `${variant.sampling.cycles} after ${variant.sampling.warmup} for warm-up` : 'unknown',
  };
}

/**
 * How a variant's configuration differs between two runs, each as `name: base → current`. Not a reason against a comparison:
 * who changes a machine or a parameter wants to see what comes of it, and if the change was not meant to matter, that it
 * does. The comparison names it, so that nobody looks for the cause elsewhere.
 */
export function configurationDifferences(
  base: RunFile,
  current: RunFile,
  scenario: string,
  name: string,
): readonly string[] {
  const [before, now] = [base, current].map((run) => variantOf(run, scenario, name));
  if (!before || !now) return [];
  const [old, changed] = [configurationOf(before), configurationOf(now)];
  // Of older runs it is not known.
  if (before.qemu_sha256 && now.qemu_sha256) {
    old.set('QEMU build', before.qemu_sha256.slice(0, SHOWN_DIGITS));
    changed.set('QEMU build', now.qemu_sha256.slice(0, SHOWN_DIGITS));
  }
  return [...new Set([...old.keys(), ...changed.keys()])].flatMap((key) => {
    const [one, other] = [old.get(key) ?? 'not set', changed.get(key) ?? 'not set'];
    return one === other ? [] : [`${key}: ${shortened(one)} → ${shortened(other)}`];
  });
}

/** Of runs from before it was recorded. */
const FIRST_SHIFT = 1;

function instructionText(icountShift: number): string {
  return `${2 ** icountShift} ns`;
}

function variantOf(run: RunUnderConditions, scenario: string, name: string): StoredVariant | undefined {
  return run.variants.find((one) => one.scenario === scenario && one.name === name);
}

function configurationOf(variant: StoredVariant): Map<string, string> {
  const { guest, topology, topology_options: options } = variant;
  return new Map([
    ['topology', topology],
    ...settingsIn('topology option', options),
    ['machine', variant.machine ?? "the topology's"],
    ['QEMU binary', variant.qemu ?? 'the usual'],
    ['guest CPUs', String(guest.cpus)],
    ['guest memory', `${guest.memory_mib} MiB`],
    ['guest IOMMU', String(guest.iommu ?? false)],
    ...settingsIn('guest parameter', guest.parameters),
    ['details of the steps', digestOf(JSON.stringify([variant.boot_plugs ?? [], variant.steps]))],
  ]);
}

function settingsIn(what: string, settings: unknown): readonly (readonly [string, string])[] {
  return Object.entries(settings ?? {}).map(([key, value]) => [
    `${what} ${key}`,
    value === null ? 'set' : typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

/** As many as git shows of a commit: they tell two builds of one version apart. */
const SHOWN_DIGITS = 12;

function kernelText({ description, sha256 }: StoredVariant['guest']['kernel']): string {
  return `${description} (${sha256.slice(0, SHOWN_DIGITS)})`;
}

/** What is done, with what, and how long is waited; not where, which is the topology's, nor with which options. */
function sequenceText({ boot_plugs: bootPlugs, steps }: StoredVariant): string {
  const during = Array.isArray(bootPlugs) ? bootPlugs.map((plug) => `${stepText(plug)} during the boot`) : [];
  return ['boot', ...during, ...stepTexts(steps)].join(', ');
}

/** Steps as another version may have stored them, so nothing is taken for granted. */
interface StoredStep {
  readonly operation?: unknown;
  readonly device?: unknown;
  readonly what?: unknown;
  readonly waitMs?: unknown;
  readonly until?: unknown;
  readonly guestCpus?: unknown;
  readonly hostCpus?: unknown;
  readonly steps?: unknown;
  readonly branches?: unknown;
}

function stepTexts(steps: unknown): readonly string[] {
  return Array.isArray(steps) ? steps.map(stepText) : [];
}

function stepText(step: StoredStep): string {
  const { operation, device, what, waitMs, until, guestCpus, hostCpus } = step;
  const load = guestCpus === undefined ? undefined : `guest ${guestCpus}, host ${hostCpus}`;
  const words = [operation, device, what, waitMs, until, load].filter((word) => word !== undefined).join(' ');
  const branches = Array.isArray(step.branches) ? step.branches.map((branch) => stepTexts(branch).join(', ')) : [];
  const below = [...stepTexts(step.steps), ...(branches.length > 0 ? [branches.join(' | ')] : [])];
  return below.length === 0 ? words : `${words} [${below.join(', ')}]`;
}

const SHOWN_CHARACTERS = 100;

/** A long text stays told apart from others by a digest. */
function shortened(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS)}… (${digestOf(text)})`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, SHOWN_DIGITS);
}
