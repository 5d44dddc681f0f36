import { median } from 'simple-statistics';
import { type GoodSample, OPERATIONS, type Sample } from '../vocabulary.ts';
import { bootLocations } from './boot-location.ts';
import type { PracticalThreshold } from './comparison.ts';
import { groupBy, groupSamples, type SampleGroup, splitByBoot } from './groups.ts';
import { holm } from './holm.ts';
import { detectableRatio, MIN_BOOTS_IN_CELL, mean, type PooledNoise, pooledNoise, stepPValue } from './pooled-noise.ts';
import { hasFailed, isTried } from './tried.ts';
import type { GridCell, GridMachine, VersionGrid } from './version-grid.ts';
import { movedPhases, movedWaits, waitMs, workMs } from './version-steps.ts';
import type { MachineOverVersions, VersionCell, VersionStep, VersionTable } from './version-table.ts';

/** Of a table in which nothing has changed, the probability of any mark. */
const LEVEL = 0.05;

/** A table for each grid and operation that was measured, in the order of the grids. */
export function versionTables(
  grids: readonly VersionGrid[],
  samples: readonly Sample[],
  thresholdOf: (scenario: string) => PracticalThreshold,
): readonly VersionTable[] {
  const groups = groupSamples(samples);
  return grids.flatMap((grid) => {
    const own = groups.filter(({ samples: [one] }) => one?.scenario === grid.scenario);
    const kinds = groupBy(own, ({ device, samples: [one] }) =>
      JSON.stringify([OPERATIONS.indexOf(one?.operation ?? 'boot'), device, one?.bootMode, one?.clock]),
    );
    const inOrder = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return inOrder.flatMap(([, measured]) => tableOf(grid, measured, thresholdOf(grid.scenario)) ?? []);
  });
}

/** A cell with what its steps are computed from. */
interface MeasuredCell {
  readonly cell: VersionCell;
  readonly good: readonly GoodSample[];
  /** One number for each boot with a good sample: where its latencies without waits lie, on the logarithmic scale. */
  readonly boots: Float64Array;
  /** Failures among those that were tried, 0 to 1. */
  readonly failedShare: number;
}

/** A step before all steps of its table are known. */
interface OpenStep extends Omit<VersionStep, 'verdict' | 'phases'> {
  readonly between: readonly [MeasuredCell, MeasuredCell];
  readonly pValue?: number;
}

function tableOf(
  { scenario, kernels, qemus, machines }: VersionGrid,
  groups: readonly SampleGroup[],
  threshold: PracticalThreshold,
): VersionTable | undefined {
  const one = groups[0]?.samples[0];
  if (!one) return undefined;
  const { operation, bootMode, clock } = one;
  // Boots restored from one saved guest repeat it: how much they scatter says little of how much boots do.
  const isTested = bootMode === 'fresh';
  const measured = machines.map((machine) => {
    const cells = cellsOf(machine, groups);
    const noise = isTested
      ? pooledNoise(cells.filter(({ boots }) => boots.length > 0).map(({ boots }) => boots))
      : undefined;
    return { label: machine.label, cells, noise, steps: openSteps(cells, noise) };
  });
  const tested = measured.flatMap(({ steps }) => steps).filter(({ pValue }) => pValue !== undefined);
  const adjusted = holm(tested.map(({ pValue = 1 }) => pValue));
  const adjustedOf = new Map(tested.map((step, index) => [step, adjusted[index] ?? 1]));
  const device = groups[0]?.device;
  return {
    scenario,
    operation,
    ...(device !== undefined && { device }),
    bootMode,
    clock,
    kernels,
    qemus,
    machines: measured
      .filter(({ cells }) => cells.length > 0)
      .map(({ label, cells, noise, steps }): MachineOverVersions => {
        const fewest = Math.min(
          ...cells.map(({ boots }) => boots.length).filter((boots) => boots >= MIN_BOOTS_IN_CELL),
        );
        const hasTests = noise !== undefined && steps.some((step) => adjustedOf.has(step));
        return {
          label,
          cells: cells.map(({ cell }) => cell),
          steps: steps.map((step) => closedStep(step, adjustedOf.get(step), threshold)),
          ...(noise && { noise: noise.sd }),
          ...(hasTests && { detectableRatio: detectableRatio(noise, fewest, LEVEL, tested.length) }),
        };
      }),
    warnings: warningsOf(
      measured.flatMap(({ steps }) => steps),
      isTested,
    ),
  };
}

function cellsOf({ cells }: GridMachine, groups: readonly SampleGroup[]): readonly MeasuredCell[] {
  const inOrder = cells.toSorted((a, b) => a.kernel - b.kernel || a.qemu - b.qemu);
  return inOrder.flatMap((place) => {
    const group = groups.find(({ samples: [one] }) => one?.variant === place.variant);
    return group ? [measuredCell(place, group.samples)] : [];
  });
}

function measuredCell({ variant, kernel, qemu }: GridCell, samples: readonly Sample[]): MeasuredCell {
  const good = samples.filter((sample) => sample.outcome === 'ok');
  const failedAs: Record<string, number> = {};
  for (const { outcome } of samples) if (outcome !== 'ok') failedAs[outcome] = (failedAs[outcome] ?? 0) + 1;
  const cell: VersionCell = {
    ...{ variant, kernel, qemu, failedAs },
    boots: new Set(samples.map(({ boot }) => boot)).size,
    samples: samples.length,
    failures: samples.filter(hasFailed).length,
    ...(good.length > 0 && { latency: latencyOf(good) }),
  };
  // Phases end at the microsecond, so no work is ever shorter; without this a sample that were all wait had no logarithm.
  const work = splitByBoot(good).map((boot) => boot.map((sample) => Math.max(workMs(sample), LEAST_WORK_MS)));
  const failedShare = cell.failures / Math.max(1, samples.filter(isTried).length);
  return { cell, good, boots: bootLocations(work), failedShare };
}

const LEAST_WORK_MS = 0.001;

function latencyOf(good: readonly GoodSample[]): NonNullable<VersionCell['latency']> {
  return {
    p50Ms: median(good.map(({ latencyMs }) => latencyMs)),
    waitMs: median(good.map(({ phases }) => waitMs(phases))),
    workMs: median(good.map(workMs)),
  };
}

/** From every cell with a latency to the next such one in its row and in its column. */
function openSteps(cells: readonly MeasuredCell[], noise: PooledNoise | undefined): readonly OpenStep[] {
  const withLatency = cells.filter(({ good }) => good.length > 0);
  const axes = [
    ['qemu', 'kernel'],
    ['kernel', 'qemu'],
  ] as const;
  return withLatency.flatMap((from) =>
    axes.flatMap(([axis, other]): OpenStep[] => {
      const to = withLatency
        .filter(({ cell }) => cell[other] === from.cell[other] && cell[axis] > from.cell[axis])
        .toSorted((a, b) => a.cell[axis] - b.cell[axis])[0];
      if (!to) return [];
      const isEnough = Math.min(from.boots.length, to.boots.length) >= MIN_BOOTS_IN_CELL;
      const sharing = (['kernel', 'qemu'] as const).flatMap((which) =>
        [from, to].map(({ cell: own }) =>
          pooledNoise(withLatency.filter(({ cell }) => cell[which] === own[which]).map(({ boots }) => boots)),
        ),
      );
      return [
        {
          axis,
          from: cells.indexOf(from),
          to: cells.indexOf(to),
          ratio: Math.exp(mean(to.boots) - mean(from.boots)),
          waits: movedWaits(from.good, to.good),
          between: [from, to],
          ...(noise && isEnough && { pValue: stepPValue([from.boots, to.boots], noise, sharing) }),
        },
      ];
    }),
  );
}

function closedStep(
  { axis, from, to, ratio, waits, between: [before, now] }: OpenStep,
  adjustedPValue: number | undefined,
  { relative, absoluteMs }: PracticalThreshold,
): VersionStep {
  const step = { axis, from, to, ratio, waits };
  if (adjustedPValue === undefined) return { ...step, verdict: 'unknown', phases: [] };
  const fromMs = before.cell.latency?.workMs ?? 0;
  const changeMs = Math.abs((now.cell.latency?.workMs ?? 0) - fromMs);
  const isOfInterest = changeMs > relative * fromMs && changeMs > absoluteMs;
  if (adjustedPValue > LEVEL || !isOfInterest) return { ...step, adjustedPValue, verdict: 'alike', phases: [] };
  const isSlower = ratio > 1;
  // What is left of the side that failed more may be the faster only because its slow ones are those that failed.
  const [slower, faster] = isSlower ? [now, before] : [before, now];
  if (faster.failedShare > slower.failedShare) return { ...step, verdict: 'unknown', phases: [] };
  const phases = movedPhases(before.good, now.good, isSlower);
  return { ...step, adjustedPValue, verdict: isSlower ? 'slower' : 'faster', phases };
}

function warningsOf(steps: readonly OpenStep[], isTested: boolean): readonly string[] {
  const untested = steps.filter(({ pValue }) => pValue === undefined).length;
  if (untested === 0) return [];
  const which = untested === steps.length ? 'nothing is marked' : `${untested} of ${steps.length} steps are not judged`;
  const why = isTested
    ? `it takes ${MIN_BOOTS_IN_CELL} boots of every combination to tell a change from the noise`
    : 'restored boots repeat the guest that was saved, and do not show how much fresh boots scatter';
  return [`${which}: ${why}. Waits that came or went are told all the same`];
}
