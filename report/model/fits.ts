import type { SummaryJson } from './parse-files.ts';
import type { FitPart } from './report-model.ts';

/** The fits of one scenario. */
export function fitsOf(summary: SummaryJson, scenario: string, runLabel: string): readonly FitPart[] {
  return summary.fits.flatMap((fit): FitPart[] => {
    if (fit.scenario !== scenario) return [];
    const { slope, intercept_ms: interceptMs } = fit;
    return [
      {
        series: fit.series,
        latency: fit.operation,
        against: fit.against,
        points: fit.points.map((point) => ({ x: point.x, boots: point.n_boots, medianMs: point.median_ms })),
        line:
          slope === undefined || interceptMs === undefined
            ? undefined
            : {
                slope,
                slopeCi95: fit.slope_ci95,
                interceptMs,
                interceptCi95: fit.intercept_ci95_ms,
                residualSdMs: fit.residual_sd_ms,
              },
        warnings: fit.warnings,
        runLabel,
      },
    ];
  });
}
