import type { SummaryFile } from '../../harness/record/summary-file.ts';
import type { OperationName } from '../../harness/vocabulary.ts';
import type { Interval } from './sample-row.ts';

/** Several devices plugged, or unplugged, at once by one variant. */
export interface BurstPart {
  /** Index into the scenario's variants. */
  readonly variant: number;
  readonly operation: OperationName;
  /** Of which kinds, where the variant has bursts of several. */
  readonly kinds?: string;
  readonly devices: number;
  readonly bursts: number;
  /** Bursts in which every device was done; the medians are theirs. */
  readonly complete: number;
  /** Medians in milliseconds; absent when nothing was complete. */
  readonly figures:
    | {
        readonly deviceMs: number;
        readonly firstMs: number;
        /** From the first command until the last device was done. */
        readonly lastMs: number;
      }
    | undefined;
}

/** What became of plugs during the boot of one variant, by their offset after `cont`. */
export interface RacePart {
  /** Index into the scenario's variants. */
  readonly variant: number;
  /** When the boots were ready, in milliseconds after `cont`; absent when none was. */
  readonly readyMs: { readonly earliest: number; readonly latest: number } | undefined;
  readonly bins: readonly RaceBin[];
}

export interface RaceBin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of the `ok` ones, those that the guest had found by its own scan when it was ready. */
  readonly early: number;
  /** Share of the samples that were not `ok`, 0 to 1, with its 95 % interval; absent without a sample. */
  readonly failureRate: number | undefined;
  readonly failureRateCi95: Interval | undefined;
}

/** The bursts of a scenario's variants in one run. `indexOf` tells a variant's place. */
export function burstsOf(
  { bursts }: SummaryFile,
  scenario: string,
  indexOf: (variant: string) => number,
): readonly BurstPart[] {
  return bursts.flatMap((burst): BurstPart[] => {
    if (burst.scenario !== scenario) return [];
    const { device_p50_ms: deviceMs, first_p50_ms: firstMs, last_p50_ms: lastMs } = burst;
    const isMeasured = deviceMs !== undefined && firstMs !== undefined && lastMs !== undefined;
    return [
      {
        variant: indexOf(burst.variant),
        operation: burst.operation,
        ...(burst.device !== '' && { kinds: burst.device }),
        devices: burst.n_devices,
        bursts: burst.n_bursts,
        complete: burst.n_complete,
        figures: isMeasured ? { deviceMs, firstMs, lastMs } : undefined,
      },
    ];
  });
}

/** The races of a scenario's variants in one run. */
export function racesOf(
  { races }: SummaryFile,
  scenario: string,
  indexOf: (variant: string) => number,
): readonly RacePart[] {
  return races.flatMap((race): RacePart[] => {
    if (race.scenario !== scenario) return [];
    return [
      {
        variant: indexOf(race.variant),
        readyMs: race.ready_ms,
        bins: race.bins.map((bin) => ({
          fromMs: bin.from_ms,
          toMs: bin.to_ms,
          samples: bin.n_samples,
          outcomes: bin.outcomes,
          early: bin.ok_early ?? 0,
          failureRate: bin.failure_rate,
          failureRateCi95: bin.failure_rate_ci95,
        })),
      },
    ];
  });
}
