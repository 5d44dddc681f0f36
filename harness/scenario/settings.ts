import { type Deadlines, timesOf } from '../statistics/deadline.ts';
import type { AcceleratorChoice, Expected, Sampling, Timeouts } from '../variant.ts';
import type { BootMode, Clock, Firmware } from '../vocabulary.ts';
import type { SamplingSettings, ScenarioFile, Settings } from './schema.ts';
import { ABSENT } from './setting-text.ts';
import type { TopologyChoice } from './step/choices.ts';
import type { WantedFromStart } from './step/started.ts';
import type { DeviceChoice, SequenceItems } from './step/step-kind.ts';

/** What holds where neither the variant nor the file's defaults say anything; there is no topology by default. */
const BUILT_IN = {
  // QEMU counts the instructions of one virtual CPU.
  cpus: { real: 2, virtual: 1 },
  memoryMiB: 512,
  kernel: 'stock',
  iommu: false,
  firmwareLog: false,
  accelerator: 'auto',
  bootMode: 'fresh',
  clock: 'real',
  devices: 1,
  timeouts: { bootMs: 120_000, plugMs: 30_000, unplugMs: 30_000 },
} as const;

/** A variant's settings with everything filled in that has a default. Paths are still those of the file. */
export interface MergedSettings {
  readonly topology?: TopologyChoice;
  readonly machine?: string;
  readonly qemu?: NonNullable<Settings['qemu']>;
  /** SeaBIOS, if not given. */
  readonly firmware?: Firmware;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: NonNullable<NonNullable<Settings['guest']>['kernel']>;
  readonly iommu: boolean;
  readonly firmwareLog: boolean;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly accelerator: AcceleratorChoice;
  readonly bootMode: BootMode;
  readonly clock: Clock;
  /** What a plug step plugs that leaves it open, and how many where it does not say. */
  readonly device?: DeviceChoice;
  readonly devices: number;
  readonly qemuArguments?: readonly string[];
  /** Busy processes during the steps after the boot. */
  readonly load: { readonly guestCpus: number; readonly hostCpus: number };
  /** Where it is not that of the file. */
  readonly sequence?: SequenceItems;
  /** Devices that are there from the start. */
  readonly start: readonly WantedFromStart[];
  readonly until?: 'usable';
  readonly expected: Expected;
  readonly sampling: Sampling;
  readonly timeouts: Timeouts;
  readonly deadlines: Deadlines;
}

/** The variant's own settings over the file's defaults, these over what stands at the top of the file. */
export function mergeSettings(
  { defaults = {}, timeout, deadline }: Pick<ScenarioFile, 'defaults' | 'timeout' | 'deadline'>,
  own: Settings,
): MergedSettings {
  const {
    topology,
    machine,
    qemu,
    firmware,
    device,
    qemu_arguments: qemuArguments = [],
    accelerator,
    boot_mode: bootMode,
    clock = BUILT_IN.clock,
    count,
    start = [],
    until,
    sequence,
  } = {
    ...defaults,
    ...own,
  };
  const guest = { ...defaults.guest, ...own.guest };
  const load = { ...defaults.load, ...own.load };
  return {
    ...(topology && { topology }),
    ...(machine !== undefined && { machine }),
    ...(qemu !== undefined && { qemu }),
    ...(qemuArguments.length > 0 && { qemuArguments }),
    ...(firmware !== undefined && { firmware }),
    cpus: guest.cpus ?? BUILT_IN.cpus[clock],
    memoryMiB: guest.memory ?? BUILT_IN.memoryMiB,
    kernel: guest.kernel ?? BUILT_IN.kernel,
    iommu: guest.iommu ?? BUILT_IN.iommu,
    firmwareLog: guest.firmware_log ?? BUILT_IN.firmwareLog,
    parameters: withoutAbsent({ ...defaults.guest?.parameters, ...own.guest?.parameters }),
    accelerator: accelerator ?? BUILT_IN.accelerator,
    bootMode: bootMode ?? BUILT_IN.bootMode,
    clock,
    ...(device && { device }),
    devices: count ?? BUILT_IN.devices,
    load: { guestCpus: load.guest ?? 0, hostCpus: load.host ?? 0 },
    ...(sequence && { sequence }),
    start,
    ...(until && { until }),
    expected: { ...defaults.expect, ...own.expect },
    sampling: mergeSampling(defaults.sampling, own.sampling),
    timeouts: { ...BUILT_IN.timeouts, ...timesOf({ ...timeout, ...defaults.timeout, ...own.timeout }) },
    deadlines: timesOf({ ...deadline, ...defaults.deadline, ...own.deadline }),
  };
}

function withoutAbsent<Value>(parameters: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ABSENT));
}

/**
 * What holds where nothing is said. Eight boots: `precisionOf` says why not to stop with fewer. Thirty: with so many, a change
 * of 5 % between two variants of a run is found in about three of four at 3 % noise between boots and 5 % within.
 */
const BUILT_IN_SAMPLING = { boots: 5, cycles: 4, warmup: 1, minBoots: 8, maxBoots: 30 } as const;

/** The variant's own numbers over the defaults'. A fixed number of boots and a target replace one another. */
export function mergeSampling(defaults: SamplingSettings = {}, own: SamplingSettings = {}): Sampling {
  const all = { ...defaults, ...own };
  const { cycles = BUILT_IN_SAMPLING.cycles, warmup = BUILT_IN_SAMPLING.warmup } = all;
  if (all.target === undefined || own.boots !== undefined)
    return { boots: all.boots ?? BUILT_IN_SAMPLING.boots, cycles, warmup };
  const {
    target,
    min_boots: minBoots = BUILT_IN_SAMPLING.minBoots,
    max_boots: maxBoots = BUILT_IN_SAMPLING.maxBoots,
  } = all;
  return { boots: maxBoots, cycles, warmup, adaptive: { minBoots, targetRelative: target.relative_ci } };
}

/** Where a variant's sequence comes from. */
export type SequenceOwner = 'variant' | 'defaults' | 'file';

/** The sequence of a variant, and whose it is; undefined where the file has none for it. */
export function sequenceOf(
  { defaults, sequence }: { readonly defaults?: Settings; readonly sequence?: SequenceItems },
  own: Settings,
): { readonly items: SequenceItems; readonly owner: SequenceOwner } | undefined {
  if (own.sequence) return { items: own.sequence, owner: 'variant' };
  if (defaults?.sequence) return { items: defaults.sequence, owner: 'defaults' };
  return sequence && { items: sequence, owner: 'file' };
}
