import type { FitSeries } from '../statistics/fit.ts';
import type { FitRequest } from './schema.ts';
import { exactKey, parameterKey, settingTexts } from './setting-text.ts';
import type { MergedSettings } from './settings.ts';

/** Decimal, and without a 0 in front, which would make it octal to the kernel. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Settings that are numbers, by the names the file has for them. */
const NUMBERS = { count: 'devices', cpus: 'cpus', memory: 'memoryMiB' } as const;
export const FITTED_SETTINGS: readonly string[] = Object.keys(NUMBERS);

/** What a variant sets under a name: a kernel parameter, an option of its topology, or one of its numbers. */
export function settingOf(settings: MergedSettings, name: string): unknown {
  const { topology, parameters } = settings;
  if (Object.hasOwn(parameters, name)) return parameters[name];
  if (topology && Object.hasOwn(topology.options, name)) return topology.options[name];
  return Object.hasOwn(NUMBERS, name) ? settings[NUMBERS[name as keyof typeof NUMBERS]] : undefined;
}

/** A setting as a number; none for everything that is not one, or too large to count with. */
export function numberOf(setting: unknown): number | undefined {
  const number = DECIMAL.test(String(setting)) ? Number(setting) : Number.NaN;
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

/** The variants that have the number, in series within which nothing else differs. One that has no partner is in none. */
export function fitSeries(
  scenario: string,
  { latency, against }: FitRequest,
  variants: ReadonlyMap<string, MergedSettings>,
): readonly FitSeries[] {
  const groups = new Map<string, { machine: Machine; members: { variant: string; x: number }[] }>();
  for (const [variant, settings] of variants) {
    const x = numberOf(settingOf(settings, against));
    if (x === undefined) continue;
    const machine = machineWithout(against, latency, settings);
    const key = JSON.stringify([machine.topology, [...machine.settings].map(([id, { key: own }]) => [id, own])]);
    const group = groups.get(key) ?? { machine, members: [] };
    group.members.push({ variant, x });
    groups.set(key, group);
  }
  const series = [...groups.values()].filter(({ members }) => new Set(members.map(({ x }) => x)).size > 1);
  const machines = series.map(({ machine }) => machine);
  return series.map(({ machine, members }) => {
    return { scenario, latency, against, name: seriesName(machine, machines), members };
  });
}

/** All that makes a variant's machine, and what is done with it. */
interface Machine {
  readonly topology: string;
  /** In the order of their names. */
  readonly settings: ReadonlyMap<string, Setting>;
}

interface Setting {
  readonly value: unknown;
  /** The same for the same value. */
  readonly key: string;
}

/** Of settings of one name, the first is the one that is fitted against: see `settingOf`. */
const KINDS = ['parameter', 'option', 'setting'] as const;

/** What is done after the boot, and so makes no difference to it. What is plugged does: the guest has modules for it. */
const AFTER_BOOT = { count: undefined, load: undefined };

function machineWithout(excluded: string, latency: FitRequest['latency'], merged: MergedSettings): Machine {
  const { topology, parameters, load, cpus, memoryMiB, devices, bootMode } = merged;
  const { machine, qemu, qemuArguments, firmware, kernel, iommu, firmwareLog, accelerator, clock, device } = merged;
  const { sequence } = merged;
  const start = merged.start.length > 0 ? merged.start : undefined;
  const ofGuest = { cpus, memory: memoryMiB, kernel, iommu, firmware_log: firmwareLog };
  const ofQemu = { machine, qemu, qemu_arguments: qemuArguments, firmware };
  const plain = { ...ofQemu, ...ofGuest, accelerator, boot_mode: bootMode, clock };
  const busy = { guest: load.guestCpus, host: load.hostCpus };
  const given = {
    parameter: parameters,
    option: topology?.options ?? {},
    setting: { ...plain, device, count: devices, load: busy, start, sequence, ...(latency === 'boot' && AFTER_BOOT) },
  };
  const excludedKind = KINDS.find((kind) => Object.hasOwn(given[kind], excluded));
  const settings = KINDS.flatMap((kind) =>
    Object.entries<unknown>(given[kind])
      .filter(([name, value]) => value !== undefined && !(kind === excludedKind && name === excluded))
      .map(
        ([name, value]) =>
          [`${name} ${kind}`, { value, key: kind === 'parameter' ? parameterKey(value) : exactKey(value) }] as const,
      ),
  );
  return { topology: topology?.name ?? '', settings: new Map(settings.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** `shpc-bridge, shpchp.settle_ms 1000`: of the settings, those that differ between the series of one topology. */
function seriesName({ topology, settings }: Machine, all: readonly Machine[]): string {
  const peers = all.filter((other) => other.topology === topology).map((other) => other.settings);
  const ids = [...new Set(peers.flatMap((peer) => [...peer.keys()]))];
  const differing = ids.filter((id) => new Set(peers.map((peer) => peer.get(id)?.key)).size > 1);
  return [topology, ...differing.map((id) => describeSetting(id, settings, peers))].join(', ');
}

function describeSetting(id: string, settings: Machine['settings'], peers: readonly Machine['settings'][]): string {
  const [name = '', kind] = id.split(' ');
  const setting = settings.get(id);
  if (setting === undefined) return `${name} not set`;
  if (kind !== 'setting' || name === 'sequence') return `${name} ${textOf(setting.value)}`;
  const others = peers.flatMap((peer) => peer.get(id) ?? []);
  const [text = ''] = settingTexts(
    name,
    [setting, ...others].map(({ value }) => value),
  );
  return `${name} ${text}`;
}

/** A kernel parameter without a value is `null`. Steps and options are as in the file, without its quotes. */
function textOf(value: unknown): string {
  if (value === null) return 'set';
  return typeof value === 'object' ? JSON.stringify(value).replaceAll('"', '') : String(value);
}
