import type { OperationName } from '../timeline/recording.ts';

/** The accelerator a scenario asks for; `auto` is KVM where it works and TCG elsewhere. */
export const ACCELERATOR_CHOICES = ['auto', 'kvm', 'tcg'] as const;
export type AcceleratorChoice = (typeof ACCELERATOR_CHOICES)[number];

/** Variants that are alike but for one number, over which a latency is to be fitted as a straight line. */
export interface FitSeries {
  readonly scenario: string;
  readonly latency: OperationName;
  /** The kernel parameter or topology option that differs. */
  readonly against: string;
  /** Unique within its scenario, latency and `against`: the topology, and what else tells its series apart. */
  readonly name: string;
  /** At least two different values. */
  readonly members: readonly { readonly variant: string; readonly x: number }[];
}

/** Where the guest kernel comes from. Paths are absolute. */
export type KernelChoice =
  | { readonly source: 'stock' }
  | { readonly source: 'patched' }
  /** The same source, configuration and compiler as `patched`, without the patches: to show what they change. */
  | { readonly source: 'unpatched' }
  | { readonly source: 'host' }
  | { readonly source: 'custom'; readonly image: string; readonly modules?: string };

export interface GuestConfig {
  /** vCPUs. */
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: KernelChoice;
  /** Whether the machine has an Intel IOMMU and the guest's kernel uses it. */
  readonly iommu: boolean;
  /** Kernel command-line parameters in the order of the file; `null` is a bare flag. */
  readonly parameters: Readonly<Record<string, string | null>>;
}

export interface Sampling {
  /** Fresh VMs per variant. */
  readonly boots: number;
  /** Measured passes of the sequence inside each boot. */
  readonly cycles: number;
  /** Passes before the measured ones, recorded and marked, left out of statistics. */
  readonly warmup: number;
}

/** How long each operation may take before its outcome is `timeout`, in milliseconds. */
export interface Timeouts {
  readonly bootMs: number;
  readonly plugMs: number;
  readonly unplugMs: number;
}

/** What users wait for at the most, in milliseconds; a sample over it is late, not failed. */
export interface Deadlines {
  readonly bootMs?: number;
  readonly plugMs?: number;
  readonly unplugMs?: number;
}

/** What an `inspect` step can look at. */
export const INSPECTIONS = ['iommu-groups'] as const;
export type Inspection = (typeof INSPECTIONS)[number];

/** A step with a latency: each gives a sample in each cycle. */
export type MeasuredStep =
  | {
      readonly operation: 'plug';
      /** The device's id in QEMU, unique within the sequence. */
      readonly deviceId: string;
      /** A name from `harness/device`. */
      readonly device: string;
      /** Checked by the device's own schema, defaults filled in. */
      readonly options: Readonly<Record<string, unknown>>;
      /** Index into the topology's slots. */
      readonly slot: number;
    }
  | { readonly operation: 'unplug'; readonly deviceId: string; readonly device: string };

/** A step that looks and does not measure: what it finds is a fact of the variant, not a sample. */
export interface InspectStep {
  readonly operation: 'inspect';
  readonly what: Inspection;
  /** The devices that are plugged at this step, the oldest first. */
  readonly deviceIds: readonly string[];
}

/** One thing done to the guest in each cycle, after the boot. */
export type Step = MeasuredStep | InspectStep;

/** One machine configuration under comparison, with everything filled in: what `run` needs and nothing else. */
export interface Variant {
  readonly scenario: string;
  /** Unique within its scenario. */
  readonly name: string;
  /** A name from `harness/topology`. */
  readonly topology: string;
  /** Checked by the topology's own schema, defaults filled in. */
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  readonly guest: GuestConfig;
  readonly accelerator: AcceleratorChoice;
  readonly sampling: Sampling;
  readonly timeouts: Timeouts;
  readonly deadlines: Deadlines;
  /** Steps of one cycle; the boot before them is implied. */
  readonly steps: readonly Step[];
}

/** A scenario file, read, checked and expanded. */
export interface Scenario {
  readonly file: string;
  /** The file's text, for `run.json`. */
  readonly source: string;
  readonly name: string;
  /** The question it answers: the comment block at its top, without the marks. */
  readonly question: string;
  readonly variants: readonly Variant[];
  /** Name of the variant that the others are compared with. */
  readonly reference?: string;
  /** Latencies to fit as straight lines, in the order of the file. */
  readonly fits?: readonly FitSeries[];
}
