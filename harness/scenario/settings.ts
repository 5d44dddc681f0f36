import type { ScenarioFile, Settings } from './schema.ts';
import type { TopologyChoice } from './topology-choice.ts';
import type { AcceleratorChoice, Deadlines, Sampling, Timeouts } from './variant.ts';

/** What holds where neither the variant nor the file's defaults say anything; there is no topology by default. */
const BUILT_IN = {
  cpus: 2,
  memoryMiB: 512,
  kernel: 'stock',
  iommu: false,
  sampling: { boots: 5, cycles: 4, warmup: 1 },
  accelerator: 'auto',
  timeouts: { bootMs: 120_000, plugMs: 30_000, unplugMs: 30_000 },
} as const;

/** A variant's settings with everything filled in that has a default. Paths are still those of the file. */
export interface MergedSettings {
  readonly topology?: TopologyChoice;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: NonNullable<NonNullable<Settings['guest']>['kernel']>;
  readonly iommu: boolean;
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  readonly accelerator: AcceleratorChoice;
  readonly sampling: Sampling;
  readonly timeouts: Timeouts;
  readonly deadlines: Deadlines;
}

/** The variant's own settings over the file's defaults, these over what stands at the top of the file. */
export function mergeSettings(
  { defaults = {}, timeout, deadline }: Pick<ScenarioFile, 'defaults' | 'timeout' | 'deadline'>,
  own: Settings,
): MergedSettings {
  const topology = own.topology ?? defaults.topology;
  const guest = { ...defaults.guest, ...own.guest };
  const timeouts = { ...timeout, ...defaults.timeout, ...own.timeout };
  const deadlines = { ...deadline, ...defaults.deadline, ...own.deadline };
  return {
    ...(topology && { topology }),
    cpus: guest.cpus ?? BUILT_IN.cpus,
    memoryMiB: guest.memory ?? BUILT_IN.memoryMiB,
    kernel: guest.kernel ?? BUILT_IN.kernel,
    iommu: guest.iommu ?? BUILT_IN.iommu,
    parameters: { ...defaults.guest?.parameters, ...own.guest?.parameters },
    accelerator: own.accelerator ?? defaults.accelerator ?? BUILT_IN.accelerator,
    sampling: { ...BUILT_IN.sampling, ...defaults.sampling, ...own.sampling },
    timeouts: { ...BUILT_IN.timeouts, ...inMs(timeouts) },
    deadlines: inMs(deadlines),
  };
}

function inMs({ boot, plug, unplug }: NonNullable<Settings['timeout']>): Deadlines {
  return {
    ...(boot !== undefined && { bootMs: boot }),
    ...(plug !== undefined && { plugMs: plug }),
    ...(unplug !== undefined && { unplugMs: unplug }),
  };
}
