import type { ClientView } from '../../harness/findings/client-policies.ts';
import type { Need } from '../../harness/findings/need.ts';
import type { Choice } from '../../harness/findings/topology-choice.ts';
import type { WaysOfMachine } from '../../harness/findings/ways.ts';
import type { History } from '../../harness/history/history.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import type { VersionTable } from '../../harness/statistics/version-table.ts';
import type { OperationName, PhaseKind } from '../../harness/vocabulary.ts';
import type { TreePart } from './pci-tree.ts';
import type { Interval, SampleRow } from './sample-row.ts';
import type { Timeline } from './timeline.ts';
import type { BurstPart, RacePart } from './together.ts';

/**
 * Everything a report shows, as one value: pages, charts and captions are functions of it. Figures come from the files
 * of the run directories, where the statistics have been computed; none is computed again.
 */
export interface ReportModel {
  readonly runs: readonly RunPart[];
  /** In the order of the runs' files; a scenario that several runs share appears once, with the variants of all. */
  readonly scenarios: readonly ScenarioPart[];
  /** Of everything that was compared with a baseline or a reference; empty where nothing was. */
  readonly comparisons: readonly Comparison[];
  /** Which machine to choose, for each need; empty where there is nothing to choose from. */
  readonly decisions: readonly Decision[];
  readonly history?: History;
}

/** A need, and the machines by how well they serve it. */
export interface Decision {
  readonly need: Need;
  readonly choices: readonly Choice[];
}

/** One run directory. */
export interface RunPart {
  readonly runId: string;
  /** What tells it from the other runs of the report; empty when it is the only one. */
  readonly label: string;
  /** Whether the report lies in this run's directory, so that its files can be linked. */
  readonly isHome: boolean;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** Rows of the table of conditions: what a reader needs to judge or repeat the run. */
  readonly environment: readonly (readonly [what: string, value: string])[];
  /** What could not be read of it, and other doubts about the whole run. */
  readonly warnings: readonly string[];
  /** What else the host did, in sentences; empty for a quiet one. */
  readonly noise: readonly string[];
}

export interface ScenarioPart {
  readonly name: string;
  /** Unique within the report, and safe as part of an anchor. */
  readonly slug: string;
  readonly question: string;
  readonly source: string;
  readonly reference: string | undefined;
  readonly variants: readonly VariantPart[];
  /** Operations with samples, in the order of boot, plug, unplug. */
  readonly operations: readonly OperationName[];
  readonly fits: readonly FitPart[];
  readonly bursts: readonly BurstPart[];
  readonly races: readonly RacePart[];
  /** Of each run that has machines with several kernels or QEMUs. */
  readonly versions: readonly { readonly table: VersionTable; readonly runLabel: string }[];
  /** Every sample, of the measured passes and of the warm-up, in order of execution within its run. */
  readonly samples: readonly SampleRow[];
  readonly failures: FailureList;
  /** Of each run that gave devices to one machine in several ways. */
  readonly ways: readonly WaysOfMachine[];
  /** What users of clients that wait only so long would have seen, each with the label of its variant. */
  readonly clientViews: readonly (ClientView & { readonly label: string })[];
}

export interface VariantPart {
  /** Unique within the report. */
  readonly key: string;
  /** How it is named in tables and charts: with its run where there are several. */
  readonly label: string;
  /** Unique within the report, and safe as part of an anchor. */
  readonly slug: string;
  readonly name: string;
  readonly runId: string;
  readonly isHome: boolean;
  /** Place among the scenario's variants. */
  readonly index: number;
  /** What decides its colour and shape in every chart. */
  readonly look: number;
  readonly topology: string;
  readonly controller: string;
  readonly accelerator: string;
  readonly accelerationReason: string;
  /** What its latencies are measured on: `real`, or `virtual` for the guest's own; the two are never compared. */
  readonly clock: string;
  readonly kernel: string;
  readonly kernelRelease: string;
  /** What else describes the machine, for a table: CPUs, memory, parameters. */
  readonly conditions: readonly (readonly [what: string, value: string])[];
  /** Parts of the machine that could not be had, each in words. */
  readonly leftOut: readonly string[];
  readonly operations: readonly OperationPart[];
  readonly facts: FactsPart | undefined;
  readonly tree: TreePart;
  readonly boots: readonly BootPart[];
  /** The median and the worst good sample of each operation but the boot, from the recordings. */
  readonly timelines: readonly Timeline[];
}

interface BootPart {
  readonly boot: number;
  /** Folder of its logs, relative to the run directory; absent where it is not inside. */
  readonly logs: string | undefined;
  readonly recording: string | undefined;
  readonly clockUncertaintyMs: number | undefined;
  /** What went wrong while no operation was under way. */
  readonly failure?: string;
  /** What was lost in it, by kind. */
  readonly losses: readonly LossPart[];
}

/** The losses of one kind in a boot. */
interface LossPart {
  readonly kind: string;
  readonly meaning: string;
  readonly count: number;
  /** Of the first few. */
  readonly details: readonly string[];
}

/** An entry of `summary.json`. */
export interface OperationPart {
  readonly operation: OperationName;
  /** The device's id where the operation is done to more than one, otherwise empty. */
  readonly deviceId: string;
  /** `fresh`, or `snapshot` for guests restored from one that had booted. */
  readonly bootMode: string;
  readonly boots: number;
  readonly samples: number;
  /** Of the samples, those that were tried; one behind an earlier failure of its boot was not. */
  readonly tried: number;
  /** Of those that were tried. */
  readonly failures: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Absent when no sample was `ok`. */
  readonly latency:
    | {
        readonly minMs: number;
        /** Quantiles count failures as longer than any latency, and are absent where they fall among them. */
        readonly p50Ms: number | undefined;
        /** 95 % interval of the median; absent where it is not known. */
        readonly p50Ci95: Interval | undefined;
        readonly p90Ms: number | undefined;
        readonly p95Ms: number | undefined;
        /** The median of those that were `ok`. */
        readonly okP50Ms: number;
        readonly maxMs: number;
      }
    | undefined;
  /** Present where some failed: what they took is only known to be more than `aboveMs`. */
  readonly censored: { readonly aboveMs: number | undefined } | undefined;
  readonly ratioToReference: number | undefined;
  readonly ratioCi95: Interval | undefined;
  readonly deadline: { readonly limitMs: number; readonly missed: number } | undefined;
  /** In order of time. Empty when no sample was `ok`. */
  readonly phases: readonly PhasePart[];
  /** Share of what no phase explains in the time that is not a fixed wait, 0 to 1. */
  readonly unattributedShare: number | undefined;
  /** How the latency moved in the course of the run, where that is clear and large enough to be told. */
  readonly drift: { readonly text: string; readonly driftMs: number } | undefined;
  /** What single figures lack, and everything else that a reader of the figures may want to know. */
  readonly warnings: readonly string[];
}

/** Medians over the samples of an operation, in milliseconds. */
export interface PhasePart {
  readonly name: string;
  readonly kind: PhaseKind;
  readonly startMs: number;
  readonly durationMs: number;
  /** What happens in it, and where that is known from; empty where it is not. */
  readonly source: string;
}

/** A latency as a straight line over a parameter. */
export interface FitPart {
  readonly series: string;
  /** `boot`, `plug`, `unplug`, or of several at once `last-plug`, `last-unplug`. */
  readonly latency: string;
  readonly against: string;
  readonly points: readonly { readonly x: number; readonly boots: number; readonly medianMs: number }[];
  readonly line:
    | {
        readonly slope: number;
        readonly slopeCi95: Interval | undefined;
        readonly interceptMs: number;
        readonly interceptCi95: Interval | undefined;
        readonly residualSdMs: number | undefined;
      }
    | undefined;
  /** What each phase has of the slope, the most first. */
  readonly phases: readonly {
    readonly phase: string;
    readonly slope: number;
    readonly slopeCi95: Interval | undefined;
  }[];
  readonly warnings: readonly string[];
  /** The run it is from; empty when there is only one. */
  readonly runLabel: string;
}

/** An entry of `facts.json`. */
export interface FactsPart {
  readonly slotsOffered: number | undefined;
  readonly slotsPromised: number | undefined;
  readonly slotsPerBus: Readonly<Record<string, number>>;
  readonly controllers: readonly string[];
  readonly iommu:
    | {
        readonly devices: readonly {
          readonly deviceId: string;
          readonly place: string;
          readonly group: number | undefined;
          readonly sharedWith: readonly string[];
        }[];
        readonly besideKernelDriver: PossibilityPart;
        readonly twoUserspaceDrivers: PossibilityPart | undefined;
      }
    | undefined;
  readonly notes: readonly string[];
}

export interface PossibilityPart {
  readonly possible: boolean | undefined;
  readonly why: string;
}

export interface FailureList {
  /** The first ones, with what was logged. */
  readonly shown: readonly FailurePart[];
  /** All that are not `ok` and neither expected nor the `aborted` rest of a boot that had failed before. */
  readonly total: number;
  readonly aborted: number;
}

export interface FailurePart {
  readonly sample: SampleRow;
  /** Folder of the boot's logs, relative to the run directory; absent where it is not inside. */
  readonly logs: string | undefined;
  readonly logFiles: readonly string[];
  /** The last lines of each log that has any. */
  readonly excerpts: readonly { readonly file: string; readonly text: string }[];
}
