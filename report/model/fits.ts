import type { SummaryFile } from '../../harness/record/summary-file.ts';
import type { FitPart } from './report-model.ts';
import type { Interval } from './sample-row.ts';

/** The fits of one scenario. */
export function fitsOf(summary: SummaryFile, scenario: string, runLabel: string): readonly FitPart[] {
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
        phases: fit.phases.map(({ phase, slope: own, slope_ci95: slopeCi95 }) => ({ phase, slope: own, slopeCi95 })),
        warnings: fit.warnings,
        runLabel,
      },
    ];
  });
}

/** Digits of a figure whose interval is not known. */
const DIGITS = 4;
/** More than two digits of an uncertainty say nothing (JCGM 100:2008, 7.2.6), nor do further decimals of its figure. */
const DIGITS_OF_HALF_WIDTH = 2;
const MAX_DECIMALS = 6;

/** A fit's figures in words, each with as many decimals as its interval is worth; undefined without a line. */
export function fitEquation({ line }: FitPart): { readonly slope: string; readonly intercept: string } | undefined {
  if (!line) return undefined;
  return {
    slope: figure(line.slope, line.slopeCi95),
    intercept: figure(line.interceptMs, line.interceptCi95),
  };
}

export function isToldFromZero({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

/** What the phases have of a slope: `pci-scan 12.1 ms (95 % CI 11.0 to 13.2)`, only where it can be told from 0. */
export function phaseSlopeTexts({ phases }: FitPart): readonly string[] {
  return phases
    .filter(({ slopeCi95 }) => slopeCi95 !== undefined && isToldFromZero(slopeCi95))
    .map(({ phase, slope, slopeCi95 }) => `${phase} ${figure(slope, slopeCi95)}`);
}

function figure(value: number, ci95: Interval | undefined): string {
  if (!ci95) return `${Number(value.toPrecision(DIGITS))} ms`;
  const halfWidth = (ci95.high - ci95.low) / 2;
  const wanted = halfWidth === 0 ? MAX_DECIMALS : DIGITS_OF_HALF_WIDTH - 1 - Math.floor(Math.log10(halfWidth));
  const text = (number: number) => number.toFixed(Math.min(Math.max(wanted, 0), MAX_DECIMALS));
  return `${text(value)} ms (95 % CI ${text(ci95.low)} to ${text(ci95.high)})`;
}
