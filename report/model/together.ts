import type { SummaryJson } from './parse-files.ts';
import type { BurstPart, RacePart } from './report-model.ts';

/** The bursts of a scenario's variants in one run. `indexOf` tells a variant's place. */
export function burstsOf(
  { bursts }: SummaryJson,
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
  { races }: SummaryJson,
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
