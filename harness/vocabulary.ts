/**
 * The nouns that every part of the tool uses in the same sense. It imports nothing, so that everything may import it.
 */

/**
 * `start`: of a device that is on the machine from its start, from spawning QEMU until the guest can use it. `until-usable`: of a whole
 * boot, until that can be said of all its devices, however they come.
 */
export const OPERATIONS = ['boot', 'start', 'plug', 'unplug', 'until-usable'] as const;

export type OperationName = (typeof OPERATIONS)[number];

/** How a boot gets its guest: from the firmware on, or restored from one that was saved when it was ready. */
export const BOOT_MODES = ['fresh', 'snapshot'] as const;

export type BootMode = (typeof BOOT_MODES)[number];

/**
 * What times are counted on: the host's seconds, or those of QEMU's virtual clock, which counts the guest's instructions
 * (-icount). One is never compared with the other.
 */
export const CLOCKS = ['real', 'virtual'] as const;

export type Clock = (typeof CLOCKS)[number];

/** What a machine starts with, before the kernel. */
export const FIRMWARES = ['seabios', 'ovmf'] as const;

export type Firmware = (typeof FIRMWARES)[number];

/** How an operation ended. Only `ok` has a latency. */
export const OUTCOMES = [
  'ok',
  'timeout',
  'refused',
  'accepted',
  'guest-error',
  'lost',
  'vanished',
  'withdrawn',
  'wrong-controller',
  'crashed',
  'guest-panic',
  'aborted',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

export type FailedOutcome = Exclude<Outcome, 'ok'>;

/** The Linux driver that registers a hot-plug slot, as `/sys/bus/pci/slots/<name>/module` names it. */
export const CONTROLLERS = ['shpchp', 'pciehp', 'acpiphp'] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** The accelerator a machine really runs on. */
export type Accelerator = 'kvm' | 'tcg';

/** `fixed-wait`: a sleep in a guest driver. `host`: QEMU and the harness. `guest`: everything else the guest does. */
export type PhaseKind = 'host' | 'guest' | 'fixed-wait';

/** A named stretch of a sample. Times in milliseconds since the operation's start. */
export interface Phase {
  readonly name: string;
  readonly kind: PhaseKind;
  readonly startMs: number;
  readonly durationMs: number;
}

/** What no row explains. */
export const UNATTRIBUTED = 'unattributed';

/**
 * Everything that can be lost between the guest and the recording, or go wrong beside the operations, without an operation
 * failing for it. What each means is in timeline/loss-kinds.ts, and where it is found in timeline/losses.ts.
 */
const LOSS_KIND_NAMES = [
  'agent-lines',
  'kernel-lines',
  'uevents',
  'uevent-socket',
  'garbled-lines',
  'garbled-requests',
  'window-unread',
  'module-failed',
  'clock-contradiction',
  'clock-rate',
  'timer-rate',
  'backend-kept',
] as const;
export type LossKind = (typeof LOSS_KIND_NAMES)[number];

/** Names a variant; unique within a run. */
export interface VariantName {
  readonly scenario: string;
  readonly name: string;
}

/** What all samples of one boot have in common. */
export interface BootIdentity {
  readonly runId: string;
  readonly scenario: string;
  readonly variant: string;
  readonly topology: string;
  readonly controller: string;
  /** The guest kernel's release. */
  readonly kernel: string;
  readonly accelerator: Accelerator;
  /** What every time of this boot is counted on. */
  readonly clock: Clock;
  /** Number of the boot among those of its variant, from 1; 0 for the one that only makes the snapshot from which they start. */
  readonly boot: number;
  readonly bootMode: BootMode;
  /** How many machines ran side by side, this one included. */
  readonly jobs: number;
}

/** The burst that an operation was part of: plugs and unplugs that overlapped. */
export interface BurstMembership {
  /** The lowest number among them, which tells bursts of a boot apart. */
  readonly first: number;
  readonly size: number;
}

/** What every sample has, however its operation ended. */
interface AnySample extends BootIdentity {
  readonly cycle: number;
  readonly warmup: boolean;
  readonly sequence: number;
  readonly operation: OperationName;
  readonly device: string;
  readonly deviceId: string;
  /** Whether the scenario accepts this outcome; `ok` alone where it says nothing. */
  readonly expected: boolean;
  /** For a plug during the boot: milliseconds after `cont`. */
  readonly offsetMs?: number;
  /** Present for an operation that others overlapped. */
  readonly burst?: BurstMembership;
  /** On the virtual clock: what the operation took on the host's, in milliseconds; there is nothing to learn from it. */
  readonly wallMs?: number;
  /** Of the start on the boot's clock, in milliseconds since its recording began. */
  readonly startMs: number;
  /** Wall-clock time of the start. */
  readonly startedAt: Date;
  /** Place in the run's order of execution, from 1. */
  readonly order: number;
  readonly detail: string;
  /** What was lost that it depends on. */
  readonly losses: readonly LossKind[];
}

/** An operation that ended as it should. */
export interface GoodSample extends AnySample {
  readonly outcome: 'ok';
  readonly latencyMs: number;
  readonly refusedAfterMs?: never;
  /** Where the latency went; empty where only the latency is known. */
  readonly phases: readonly Phase[];
}

/** One that did not: it has no latency, so that no figure can be made of it. */
export interface FailedSample extends AnySample {
  readonly outcome: FailedOutcome;
  readonly latencyMs?: never;
  /** Of one that QEMU refused: from the command until its answer, in milliseconds. No latency: nothing was plugged or unplugged. */
  readonly refusedAfterMs?: number;
  readonly phases: readonly [];
}

/** One operation's result: a row of `samples.csv`. */
export type Sample = GoodSample | FailedSample;
