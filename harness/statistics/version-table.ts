import type { BootMode, Clock, OperationName } from '../vocabulary.ts';

/** What one operation takes on the machines of a scenario, over all versions of the guest's kernel and of QEMU. */
export interface VersionTable {
  readonly scenario: string;
  readonly operation: OperationName;
  readonly device?: string;
  readonly bootMode: BootMode;
  readonly clock: Clock;
  /** What the versions are called, the lowest first. */
  readonly kernels: readonly string[];
  readonly qemus: readonly string[];
  readonly machines: readonly MachineOverVersions[];
  /** What a reader has to know before believing the marks. */
  readonly warnings: readonly string[];
}

export interface MachineOverVersions {
  /** Its topology, and whatever else tells it from the others. */
  readonly label: string;
  /** In the order of kernels, and of QEMUs within a kernel. A combination that was not measured has none. */
  readonly cells: readonly VersionCell[];
  /** From every cell with a latency to its neighbours: that with the next kernel, and that with the next QEMU. */
  readonly steps: readonly VersionStep[];
  /** Standard deviation between boots of one cell, as a share of the latency without waits; absent with single boots. */
  readonly noise?: number;
  /** The smallest ratio that would have been marked, with the fewest boots that any tested cell has. */
  readonly detectableRatio?: number;
}

export interface VersionCell {
  readonly variant: string;
  /** Indices into the table's versions. */
  readonly kernel: number;
  readonly qemu: number;
  readonly boots: number;
  /** Measured samples, good or failed. */
  readonly samples: number;
  /** Of those that were tried. */
  readonly failures: number;
  /** Counts of what was not `ok`. */
  readonly failedAs: Readonly<Record<string, number>>;
  /** Medians, in milliseconds; absent where no sample was `ok`. */
  readonly latency?: { readonly p50Ms: number; readonly waitMs: number; readonly workMs: number };
}

/** From one version to the next, on a machine where the other version is the same. */
export interface VersionStep {
  readonly axis: 'kernel' | 'qemu';
  /** Indices into the machine's cells. */
  readonly from: number;
  readonly to: number;
  /**
   * `slower`, `faster`: of what is no wait, beyond the noise and the scenario's threshold. `alike`: no such change was
   * seen, which does not say that there is none. `unknown`: too few boots to say anything, or the faster side failed more often.
   */
  readonly verdict: 'slower' | 'faster' | 'alike' | 'unknown';
  /** Of what is no wait, by the means of the boots' logarithms. */
  readonly ratio: number;
  /** After Holm's correction for all steps of the table; absent for `unknown`. */
  readonly adjustedPValue?: number;
  /** Phases that moved most in the direction of the verdict, at most two; empty for `alike` and `unknown`. */
  readonly phases: readonly PhaseMove[];
  /** Waits that have come, gone, or are of another length. The kernel's timers alone move none of them that far. */
  readonly waits: readonly WaitMove[];
}

/** Medians, in milliseconds; 0 where the phase is not there. */
export interface PhaseMove {
  readonly phase: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface WaitMove extends PhaseMove {
  readonly kind: 'appeared' | 'gone' | 'longer' | 'shorter';
}
