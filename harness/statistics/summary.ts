import { median } from 'simple-statistics';
import {
  type BootMode,
  type Clock,
  OPERATIONS,
  type OperationName,
  type Outcome,
  type Sample,
  type VariantName,
} from '../vocabulary.ts';
import { count } from '../words.ts';
import { type Censoring, censoringOf } from './censoring.ts';
import { deadlineOf, type Limits, missesDeadline, timeoutOf } from './deadline.ts';
import { driftWarnings } from './drift.ts';
import { groupSamples, type SampleGroup, splitByBoot } from './groups.ts';
import { type LatencySummary, type SummarisedLatency, summariseLatency } from './latency-summary.ts';
import { MIN_BOOTS_TO_TEST } from './location-test.ts';
import { medianDifference } from './ratio-interval.ts';
import { shareByBoot } from './share.ts';
import type { Statistic } from './statistic.ts';
import { hasFailed, isTried } from './tried.ts';

/** What the samples of one operation of one variant say. */
export interface OperationSummary {
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  /** Which devices, where the variant plugs several kinds: see `deviceLabels`. */
  readonly device?: string;
  readonly bootMode: BootMode;
  readonly clock: Clock;
  /** VM lives that gave at least one measured sample. */
  readonly boots: number;
  /** Measured samples, good or failed. */
  readonly samples: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Of the samples, those that were tried: one behind an earlier failure of its boot was not. */
  readonly tried: number;
  /** Of those tried, how many ended in a way that the scenario does not accept. */
  readonly failures: number;
  /** Failures among those tried, 0 to 1; absent when none was. */
  readonly failureRate?: Statistic;
  /** Absent when no sample was `ok`: a failed operation is never a number. */
  readonly latency?: LatencySummary;
  /** What the failures mean to the latencies; absent without any. */
  readonly censoring?: Censoring;
  /** Ratio of medians to the scenario's reference variant. Absent for the reference and where the median of either is not known. */
  readonly ratioToReference?: number;
  /** 95 % interval of that ratio, clustered by boot; absent where either has too few boots. */
  readonly ratioToReferenceCi95?: readonly [number, number];
  /** Samples that were not there within the deadline, when the scenario sets one. */
  readonly deadline?: DeadlineSummary;
  /** What a reader has to know before believing the figures. */
  readonly warnings: readonly string[];
}

export interface DeadlineSummary {
  readonly limitMs: number;
  /** Samples that took longer, or whose operation was never done. */
  readonly missed: number;
  /** Samples that were tried, not those that were never begun because an earlier operation of their boot had failed. */
  readonly samples: number;
  /** Share of those that missed it, 0 to 1; absent when none was tried. */
  readonly missedShare?: Statistic;
}

/**
 * Below this many boots, nothing about the spread between boots is known well: with 5, the range of the sample covers
 * the median with 94 % confidence (1 - 2 * 0.5^5), which is the first time a 95 % statement comes near.
 */
const FEW_BOOTS = 6;

export const TCG_WARNING = 'TCG: fixed waits and order hold, work in the guest is slower than under KVM';

/** What virtual time does and does not contain. */
export const VIRTUAL_WARNING =
  "virtual time: the guest's instructions, 2 ns each, and its waits. No caches, no exits to the hypervisor and none of the " +
  "host's work are in it. It shows what has changed in the guest, and is not to be compared with real time";

/** What a summary needs to know of a variant. */
export type SummarisedVariant = VariantName & Limits;

/** One entry per variant and operation that has samples, in the order of `variants`. */
export function summarise(
  variants: readonly SummarisedVariant[],
  samples: readonly Sample[],
  reference: (scenario: string) => string | undefined,
): readonly OperationSummary[] {
  const groups = groupSamples(samples);
  const summaries = variants.flatMap((variant) =>
    OPERATIONS.flatMap((operation) =>
      groups
        .filter(
          ({ samples: [one] }) =>
            one?.scenario === variant.scenario && one.variant === variant.name && one.operation === operation,
        )
        .map((group) => summariseOperation(variant, group)),
    ),
  );
  return summaries.map(({ summary, latency }) => {
    const other = summaries.find(
      ({ summary: one }) =>
        one.scenario === summary.scenario &&
        one.variant === reference(summary.scenario) &&
        one.operation === summary.operation &&
        one.bootMode === summary.bootMode &&
        one.clock === summary.clock &&
        one.device === summary.device &&
        one.variant !== summary.variant,
    );
    if (latency?.summary.p50Ms === undefined || other?.latency?.summary.p50Ms === undefined) return summary;
    const { ratio } = medianDifference(other.latency.median, latency.median);
    return { ...summary, ratioToReference: ratio.value, ...(ratio.ci95 && { ratioToReferenceCi95: ratio.ci95 }) };
  });
}

interface Summarised {
  readonly summary: OperationSummary;
  readonly latency: SummarisedLatency | undefined;
}

function summariseOperation(variant: SummarisedVariant, { device, samples }: SampleGroup): Summarised {
  const { operation, bootMode, clock } = samples[0] as Sample;
  const latency = samples.some(({ outcome }) => outcome === 'ok') ? summariseLatency(samples) : undefined;
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of samples) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const boots = new Set(samples.map((s) => s.boot)).size;
  const tried = samples.filter(isTried);
  const censoring = censoringOf(samples, latency?.summary, timeoutOf(variant, operation));
  const deadline = deadlineSummary(variant, operation, samples);
  const summary: OperationSummary = {
    scenario: variant.scenario,
    variant: variant.name,
    operation,
    ...(device !== undefined && { device }),
    bootMode,
    clock,
    boots,
    samples: samples.length,
    outcomes,
    tried: tried.length,
    failures: tried.filter(hasFailed).length,
    ...(tried.length > 0 && { failureRate: shareByBoot(countByBoot(tried, hasFailed)) }),
    ...(latency && { latency: latency.summary }),
    ...(censoring && { censoring }),
    ...(deadline && { deadline }),
    warnings: warningsFor(samples, boots, latency?.summary, censoring),
  };
  return { summary, latency };
}

function deadlineSummary(
  limits: Limits,
  operation: OperationName,
  samples: readonly Sample[],
): DeadlineSummary | undefined {
  const limitMs = deadlineOf(limits, operation);
  if (limitMs === undefined) return undefined;
  const isMissed = (sample: Sample) => missesDeadline(sample, limitMs, timeoutOf(limits, operation));
  const known = samples.filter((sample) => isMissed(sample) !== undefined);
  const missed = known.filter(isMissed).length;
  const share = known.length === 0 ? {} : { missedShare: shareByBoot(countByBoot(known, isMissed)) };
  return { limitMs, missed, samples: known.length, ...share };
}

function countByBoot(samples: readonly Sample[], happened: (sample: Sample) => boolean | undefined) {
  return splitByBoot(samples).map((boot) => ({ count: boot.filter(happened).length, total: boot.length }));
}

function warningsFor(
  samples: readonly Sample[],
  boots: number,
  latency: LatencySummary | undefined,
  censoring: Censoring | undefined,
): readonly string[] {
  const warnings: string[] = [];
  if (censoring) warnings.push(censoring.reason);
  const untried = samples.filter((sample) => !isTried(sample)).length;
  if (untried > 0) warnings.push(`${untried} of ${count(samples.length, 'sample')} not tried: in no figure`);
  const refused = samples.flatMap(({ expected, refusedAfterMs }) => (expected ? (refusedAfterMs ?? []) : []));
  if (refused.length > 0) warnings.push(refusedAfter(refused));
  const isOtherwise = ({ expected, outcome, refusedAfterMs }: Sample) =>
    expected && outcome !== 'ok' && refusedAfterMs === undefined;
  const otherwise = samples.filter(isOtherwise).length;
  if (latency && otherwise > 0) warnings.push(`${otherwise} ended otherwise than ok, as expected: in no latency`);
  if (boots < FEW_BOOTS) warnings.push(fewBoots(boots));
  if (samples.some((s) => s.clock === 'virtual')) warnings.push(VIRTUAL_WARNING);
  else if (samples.some((s) => s.accelerator === 'tcg')) warnings.push(TCG_WARNING);
  if (latency) warnings.push(...driftWarnings(latency.drift, latency.okP50Ms));
  return warnings;
}

function fewBoots(boots: number): string {
  const rough = `${count(boots, 'boot')}: quantiles are rough below ${FEW_BOOTS}`;
  if (boots >= MIN_BOOTS_TO_TEST) return rough;
  return `${rough}, and no change is told from chance below ${MIN_BOOTS_TO_TEST} (--boots ${MIN_BOOTS_TO_TEST})`;
}

/** How long a client waits for a refusal that the scenario expects: in no latency, since nothing was plugged or unplugged. */
function refusedAfter(timesMs: readonly number[]): string {
  const [fastest, slowest] = [Math.min(...timesMs), Math.max(...timesMs)].map((time) => time.toFixed(1));
  const range = timesMs.length === 1 ? '' : ` (${fastest} to ${slowest} ms)`;
  return `${timesMs.length} refused by QEMU, as expected, after ${median([...timesMs]).toFixed(1)} ms${range}: in no latency`;
}
