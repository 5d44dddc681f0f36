import type { Race } from '../statistics/boot-race.ts';
import type { BurstSummary } from '../statistics/bursts.ts';

/** Several devices at once, for `summary.json`. */
export function burstsJson(bursts: readonly BurstSummary[]) {
  return bursts.map(({ scenario, variant, operation, size, devices, bursts: n, complete, figures }) => ({
    scenario,
    variant,
    operation,
    device: devices ?? '',
    n_devices: size,
    n_bursts: n,
    n_complete: complete,
    device_p50_ms: figures?.perDeviceMs ?? null,
    first_p50_ms: figures?.firstMs ?? null,
    last_p50_ms: figures?.lastMs ?? null,
  }));
}

/** Plugs during the boot, for `summary.json`. */
export function racesJson(races: readonly Race[]) {
  return races.map(({ scenario, variant, n, readyMs, bins }) => ({
    scenario,
    variant,
    n_samples: n,
    ready_ms: readyMs ?? null,
    bins: bins.map(({ fromMs, toMs, n: samples, outcomes, early, ok }) => ({
      from_ms: fromMs,
      to_ms: toMs,
      n_samples: samples,
      outcomes,
      ok_early: early,
      failure_rate: ok ? 1 - ok.value : null,
      failure_rate_ci95: ok?.ci95 ? { low: 1 - ok.ci95[1], high: 1 - ok.ci95[0] } : null,
    })),
  }));
}
