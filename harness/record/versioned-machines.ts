import type { Version, VersionedMachine } from '../statistics/machine-versions.ts';
import type { StoredVariant } from './run-file.ts';

type StoredKernel = StoredVariant['guest']['kernel'];

/** What `run.json` says of a variant, as far as it is read here. */
export type DescribedVariant = Omit<
  StoredVariant,
  'guest' | 'accelerator' | 'sampling' | 'timeouts_ms' | 'deadlines_ms' | 'expected'
> & {
  readonly guest: Partial<Omit<StoredVariant['guest'], 'kernel'>> & {
    readonly kernel: Partial<StoredKernel> & Pick<StoredKernel, 'description'>;
  };
  readonly accelerator: Pick<StoredVariant['accelerator'], 'used'>;
};

/**
 * Every variant as a machine of some versions.
 *
 * @param hostQemu first line of `--version` of the QEMU that variants without one of their own have used
 */
export function versionedMachines(
  variants: readonly DescribedVariant[],
  hostQemu: string,
): readonly VersionedMachine[] {
  return variants.map((variant) => ({
    scenario: variant.scenario,
    variant: variant.name,
    settings: settingsOf(variant),
    kernel: kernelVersion(variant.guest.kernel),
    qemu: qemuVersion(variant.qemu_version ?? hostQemu, variant.qemu ?? ''),
  }));
}

/** Kernels of one version that are built to be compared with each other: what is built differs, not the version. */
const BUILDS = ['patched', 'unpatched'];

function settingsOf(variant: DescribedVariant): VersionedMachine['settings'] {
  const { guest } = variant;
  const { source = '' } = guest.kernel;
  const steps = JSON.stringify([variant.started ?? [], variant.boot_plugs ?? [], variant.steps ?? []]);
  const plugged = devicesPluggedIn([variant.started, variant.boot_plugs, variant.steps]);
  const given = (what: string, settings: Readonly<Record<string, unknown>> | null = {}) =>
    Object.entries(settings ?? {}).map(([key, value]): [string, string] => [
      what + key,
      value === null ? 'set' : String(value),
    ]);
  return new Map([
    ['topology', variant.topology],
    ...given('', variant.topology_options),
    ['machine', variant.machine ?? ''],
    ['firmware', variant.firmware ?? 'seabios'],
    ['kernel', BUILDS.includes(source) ? source : ''],
    ['QEMU arguments', (variant.qemu_arguments ?? []).join(' ')],
    ['cpus', String(guest.cpus ?? '')],
    ['memory MiB', String(guest.memory_mib ?? '')],
    ['iommu', String(guest.iommu ?? false)],
    ['firmware log', String(guest.firmware_log ?? false)],
    ...given('', guest.parameters),
    ['accelerator', variant.accelerator.used],
    ['boot', variant.boot_mode ?? ''],
    ['clock', variant.clock ?? ''],
    ['without', (variant.left_out ?? []).join('; ')],
    ['devices', [...new Set(plugged)].join(', ')],
    ['plugs', String(plugged.length)],
    ['steps', steps],
  ]);
}

/** Names of all devices of plug steps, however deep these lie in others. */
function devicesPluggedIn(steps: unknown): readonly string[] {
  if (Array.isArray(steps)) return steps.flatMap(devicesPluggedIn);
  if (typeof steps !== 'object' || steps === null) return [];
  const { operation, device } = steps as { readonly operation?: unknown; readonly device?: unknown };
  if (operation === 'plug' && typeof device === 'string') return [device];
  return Object.values(steps).flatMap(devicesPluggedIn);
}

/** `6.1.176` of `Debian linux-image-6.1.0-49-amd64 6.1.176-1`, `6.12.0-rc2` of `/home/me/bzImage (6.12.0-rc2-me)`. */
function kernelVersion({
  source = '',
  release = '',
  description,
  sha256 = '',
}: DescribedVariant['guest']['kernel']): Version {
  const words = [release, ...description.split(' ')];
  const number = numberIn(words.findLast((word) => /^\(?\d+\.\d+/.test(word)) ?? '');
  const isDescribed = source !== 'custom' && source !== 'host';
  return {
    key: [source, description, ...(isDescribed ? [] : [sha256])].join(' '),
    number,
    texts: textsOf(number, description, `${description}, ${source}`),
  };
}

/** `7.2.22` of `QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
function qemuVersion(line: string, path: string): Version {
  const number = numberIn(/version (\S+)/.exec(line)?.[1] ?? '');
  return { key: `${path} ${line}`, number, texts: textsOf(number, line, path) };
}

function numberIn(text: string): string {
  return /\d+\.\d+(\.\d+)?(-rc\d+)?/.exec(text)?.[0] ?? '';
}

function textsOf(number: string, ...others: readonly string[]): Version['texts'] {
  const short = /^\d+\.\d+/.exec(number)?.[0];
  const [first = '?', ...rest] = [...(short === undefined ? [] : [short, number]), ...others.filter(Boolean)];
  return [first, ...rest];
}
