import type { PracticalThreshold } from './statistics/comparison.ts';
import type { Deadlines } from './statistics/deadline.ts';
import type { FitSeries } from './statistics/fit.ts';
import type { KernelChoice } from './versions/guest-kernel.ts';
import type { DebianVersion } from './versions/suites.ts';
import type { BootMode, Clock, Firmware, OperationName, Outcome } from './vocabulary.ts';

/** The accelerator a scenario asks for; `auto` is KVM where it works and TCG elsewhere. */
export const ACCELERATOR_CHOICES = ['auto', 'kvm', 'tcg'] as const;
export type AcceleratorChoice = (typeof ACCELERATOR_CHOICES)[number];

export interface GuestConfig {
  /** vCPUs. */
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: KernelChoice;
  /** Whether the machine has an Intel IOMMU and the guest's kernel uses it. */
  readonly iommu: boolean;
  /** Whether the machine has a debug port on which the firmware says what it does. */
  readonly firmwareLog: boolean;
  /** Kernel command-line parameters in the order of the file; `null` is a bare flag. */
  readonly parameters: Readonly<Record<string, string | null>>;
}

export interface Sampling {
  /** Fresh VMs per variant; at the most, where sampling is adaptive. */
  readonly boots: number;
  /** Absent where the number of boots is fixed. */
  readonly adaptive?: AdaptiveSampling;
  /** Measured passes of the sequence inside each boot. */
  readonly cycles: number;
  /** Passes before the measured ones, recorded and marked, left out of statistics. */
  readonly warmup: number;
}

/** Boots are added until every median is known well enough. */
interface AdaptiveSampling {
  readonly minBoots: number;
  /** How far the 95 % interval of a median may reach to either side, as a share of the median. */
  readonly targetRelative: number;
}

/** How long each operation may take before its outcome is `timeout`, in milliseconds. */
export interface Timeouts {
  readonly bootMs: number;
  readonly plugMs: number;
  readonly unplugMs: number;
}

/** The outcomes that are known and accepted for each operation; `ok` alone where one is not named. */
export type Expected = Readonly<Partial<Record<OperationName, readonly Outcome[]>>>;

/** What an `inspect` step can look at. */
export const INSPECTIONS = ['iommu-groups'] as const;
type Inspection = (typeof INSPECTIONS)[number];

/** A device of the sequence. */
export interface NamedDevice {
  /** The device's id in QEMU; no two devices have the same at the same time. */
  readonly deviceId: string;
  /** A name from `harness/machine/device`. */
  readonly device: string;
  /** Checked by the device's own schema, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One that has a slot. */
export interface DeviceInSlot extends NamedDevice {
  /** Index into the topology's slots, or from FIRST_OWN_PLACE on into the variant's own places. */
  readonly slot: number;
}

/** Where QEMU is asked to plug a device that it is meant to refuse. */
export interface RefusingPlace {
  readonly bus: string;
  /** Device number, or device.function, hexadecimal; absent where QEMU is to choose. */
  readonly addr?: string;
}

/** From this index on, a slot is one of the variant's own places. More than any topology has slots. */
export const FIRST_OWN_PLACE = 1_000_000;

/** A place that the topology knows nothing of: on a bus that the scenario's own arguments, or a device of its, bring. */
export interface OwnPlace {
  readonly bus: string;
  /** Device number as in a slot; `target:lun` where it is a LUN of a SCSI controller. Absent where the bus has one place. */
  readonly addr?: string;
}

interface MeasuredDevice extends NamedDevice {
  /** Place of the step in the pass, from 1. */
  readonly sequence: number;
  /** How the operation may end without being a failure; absent where the variant decides. */
  readonly expected?: readonly Outcome[];
  /** QEMU is to refuse it, and the machine is then as it was before. */
  readonly meantRefused?: true;
  /** Another step unplugs the same device while this one is under way, or the other way round. */
  readonly contested?: true;
  readonly retry?: Retry;
}

/** What a client does that does not take no for an answer: the operation lasts from its first request to its success. */
export interface Retry {
  /** From one request to the next. */
  readonly everyMs: number;
  /** How many requests there are at the most. */
  readonly times: number;
}

/** A device that is on the machine from its start: it gives a sample in each boot. */
export interface StartedDevice extends DeviceInSlot {
  readonly operation: 'start';
}

export interface PlugStep extends MeasuredDevice {
  readonly operation: 'plug';
  /** Index into the topology's slots; or a place that is none of them or taken, where the plug is meant to be refused. */
  readonly slot: number | RefusingPlace;
}

export interface UnplugStep extends MeasuredDevice, DeviceInSlot {
  readonly operation: 'unplug';
}

/** A step with a latency: each gives a sample in each cycle. */
export type MeasuredStep = PlugStep | UnplugStep;

/** A plug while the guest is booting, once in each boot, somewhere in a stretch of time after `cont`. */
export interface BootPlug extends PlugStep {
  readonly slot: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** How long to go on looking after the device is usable, since it may vanish again. */
  readonly holdMs: number;
  /** Instead of a time after `cont`: at the moment when the guest is ready. */
  readonly atReady?: true;
}

/** A step that looks and does not measure: what it finds is a fact of the variant, not a sample. */
export interface InspectStep {
  readonly operation: 'inspect';
  readonly what: Inspection;
  /** The devices that are plugged at this step, the oldest first. */
  readonly devices: readonly DeviceInSlot[];
}

/** What a `check` step can look after. */
export const CHECKS = ['devices'] as const;

/** A step that looks whether all is as it should be, and fails the run where it is not. It gives no sample. */
export interface CheckStep {
  readonly operation: 'check';
  readonly what: (typeof CHECKS)[number];
  /** The devices that are plugged at this step, the oldest first. */
  readonly devices: readonly DeviceInSlot[];
}

export type WaitStep =
  | { readonly operation: 'wait'; readonly waitMs: number }
  /** Until the guest's kernel log has a line with this text, which was written since the operation before it began. */
  | { readonly operation: 'wait'; readonly until: string; readonly timeoutMs: number };

/**
 * What is done to the machine, and gives no sample: it is stopped and goes on, as QMP's `stop` and `cont` have it; it is
 * reset, and boots once more; its guest looks at all its PCI buses again.
 */
export const MACHINE_STEPS = ['pause', 'resume', 'reset', 'rescan'] as const;

export interface MachineStep {
  readonly operation: (typeof MACHINE_STEPS)[number];
}

/** Branches that begin at the same time; the step ends with the last of them. */
export interface ParallelStep {
  readonly operation: 'parallel';
  readonly branches: readonly (readonly Step[])[];
}

/** Steps with so many CPUs of the guest, and of the host beside it, kept busy. */
export interface LoadStep {
  readonly operation: 'load';
  readonly guestCpus: number;
  readonly hostCpus: number;
  readonly steps: readonly Step[];
}

/** One thing done to the guest in each cycle, after the boot. */
export type Step = MeasuredStep | MachineStep | InspectStep | CheckStep | WaitStep | ParallelStep | LoadStep;

/** One machine configuration under comparison, with everything filled in: what `run` needs and nothing else. */
export interface Variant {
  readonly scenario: string;
  /** Unique within its scenario. */
  readonly name: string;
  /** A name from `harness/machine/topology`. */
  readonly topology: string;
  /** Checked by the topology's own schema, defaults filled in. */
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  /** QEMU's `-machine` type instead of the topology's own, such as `pc-q35-6.0`. */
  readonly machine?: string;
  /** Path or name of the QEMU binary, or a version of Debian's, instead of the usual one. */
  readonly qemu?: string | DebianVersion;
  /** Words of the scenario's own for QEMU's command line, behind all others; absent where there are none. */
  readonly qemuArguments?: readonly string[];
  /** SeaBIOS, which is QEMU's own choice, if not given. */
  readonly firmware?: Firmware;
  readonly guest: GuestConfig;
  readonly bootMode: BootMode;
  readonly accelerator: AcceleratorChoice;
  readonly clock: Clock;
  readonly sampling: Sampling;
  readonly timeouts: Timeouts;
  readonly deadlines: Deadlines;
  /** How operations may end in this variant without being failures of the run, where a step says nothing of its own. */
  readonly expected: Expected;
  /** Whether the boot as a whole has a time: from spawning QEMU until every device of it is usable. */
  readonly until?: 'usable';
  /** On QEMU's command line, and so there when the guest boots. */
  readonly started: readonly StartedDevice[];
  /** Absent where every device is in a slot of the topology. */
  readonly ownPlaces?: readonly OwnPlace[];
  /** Plugged while the guest boots. */
  readonly bootPlugs: readonly BootPlug[];
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
  /** Changes that do not exceed it are of no interest; absent where the file says nothing. */
  readonly threshold?: PracticalThreshold;
  /** Latencies to fit as straight lines, in the order of the file. */
  readonly fits?: readonly FitSeries[];
}
