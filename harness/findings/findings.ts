import { median } from 'simple-statistics';
import { bootRaces, type Race } from '../statistics/boot-race.ts';
import { type BurstSummary, burstSummaries } from '../statistics/bursts.ts';
import { compareAll } from '../statistics/compare.ts';
import { type Comparison, DEFAULT_THRESHOLD, type PracticalThreshold } from '../statistics/comparison.ts';
import { type Fit, type FitSeries, fitLatencies } from '../statistics/fit.ts';
import type { VersionedMachine } from '../statistics/machine-versions.ts';
import { pairsWithinRun } from '../statistics/measured-pairs.ts';
import { type Waterfall, waterfalls } from '../statistics/phase-summary.ts';
import { type SideBySide, sideBySide } from '../statistics/side-by-side.ts';
import { type OperationSummary, type SummarisedVariant, summarise } from '../statistics/summary.ts';
import { versionGrids } from '../statistics/version-grid.ts';
import type { VersionTable } from '../statistics/version-table.ts';
import { versionTables } from '../statistics/version-tables.ts';
import type { BootMode, Sample } from '../vocabulary.ts';
import type { BootFacts } from './boot-facts.ts';
import { type TopologyFacts, topologyFacts, type VariantOfFacts } from './facts.ts';
import { type WaysOfMachine, waysOf } from './ways.ts';

/** What the scenarios of a run ask of its samples. */
export interface Questions {
  readonly variants: readonly (SummarisedVariant & VariantOfFacts)[];
  /** Name of the reference variant of each scenario that has one. */
  readonly references: ReadonlyMap<string, string>;
  readonly fits: readonly FitSeries[];
  /** Of the scenarios whose file sets one. */
  readonly thresholds: ReadonlyMap<string, PracticalThreshold>;
  /** The same variants as machines of some kernel and some QEMU. */
  readonly machines: readonly VersionedMachine[];
}

/** Everything that is computed from a run: what its files, its table and its reports are made of. */
export interface Findings {
  readonly summaries: readonly OperationSummary[];
  readonly waterfalls: readonly Waterfall[];
  readonly fits: readonly Fit[];
  readonly facts: readonly TopologyFacts[];
  readonly bursts: readonly BurstSummary[];
  readonly races: readonly Race[];
  readonly sideBySide: readonly SideBySide[];
  readonly coldCosts: readonly ColdCost[];
  /** Where the same devices were given to the same machine in several ways, of which each was timed as a whole. */
  readonly ways: readonly WaysOfMachine[];
  /** Each variant with the reference of its scenario. */
  readonly comparisons: readonly Comparison[];
  /** Of scenarios in which a machine was run with several kernels or QEMUs. */
  readonly versionTables: readonly VersionTable[];
}

/** The same for a run that has just ended and for one that is read again. */
export function findingsOf(
  { variants, references, fits, thresholds, machines }: Questions,
  samples: readonly Sample[],
  boots: readonly BootFacts[],
): Findings {
  const thresholdOf = (scenario: string) => thresholds.get(scenario) ?? DEFAULT_THRESHOLD;
  return {
    summaries: summarise(variants, samples, (scenario) => references.get(scenario)),
    waterfalls: waterfalls(variants, samples),
    fits: fitLatencies(fits, samples),
    facts: topologyFacts(variants, boots),
    bursts: burstSummaries(variants, samples),
    races: bootRaces(variants, samples),
    sideBySide: sideBySide(samples),
    coldCosts: coldCosts(variants, samples, boots),
    ways: waysOf(variants, samples, boots),
    comparisons: compareAll(
      pairsWithinRun(
        samples,
        ({ scenario }) => references.get(scenario),
        thresholdOf,
        (scenario, name) => variants.find((one) => one.scenario === scenario && one.name === name),
      ),
    ),
    versionTables: versionTables(versionGrids(machines), samples, thresholdOf),
  };
}

/** What it costs to have a guest that is ready for its first plug, in milliseconds. */
export interface ColdCost {
  readonly scenario: string;
  readonly variant: string;
  readonly bootMode: BootMode;
  readonly boots: number;
  /** Medians: starting QEMU, and the boot or the restoring after it. */
  readonly qemuStartMs: number;
  readonly bootMs: number;
  /** Median of both together. */
  readonly totalMs: number;
}

/** For each variant that has both fresh boots and restored ones, or shares a scenario with such: what either costs. */
export function coldCosts(
  variants: readonly { readonly scenario: string; readonly name: string }[],
  samples: readonly Sample[],
  boots: readonly BootFacts[],
): readonly ColdCost[] {
  const costs = variants.flatMap(({ scenario, name }) =>
    (['fresh', 'snapshot'] as const).flatMap((bootMode) => {
      const good = samples.flatMap(({ operation, latencyMs, boot, ...sample }) => {
        const isOwn = sample.scenario === scenario && sample.variant === name && sample.bootMode === bootMode;
        const facts = boots.find((one) => one.scenario === scenario && one.variant === name && one.boot === boot);
        const isGood = isOwn && operation === 'boot' && latencyMs !== undefined && facts?.qemuStartMs !== undefined;
        return isGood ? [{ qemuStartMs: facts.qemuStartMs, bootMs: latencyMs }] : [];
      });
      if (good.length === 0) return [];
      const qemuStartMs = median(good.map((one) => one.qemuStartMs));
      const bootMs = median(good.map((one) => one.bootMs));
      const totalMs = median(good.map((one) => one.qemuStartMs + one.bootMs));
      return [{ scenario, variant: name, bootMode, boots: good.length, qemuStartMs, bootMs, totalMs }];
    }),
  );
  const compared = new Set(costs.flatMap(({ scenario, bootMode }) => (bootMode === 'snapshot' ? [scenario] : [])));
  return costs.filter(({ scenario }) => compared.has(scenario));
}
