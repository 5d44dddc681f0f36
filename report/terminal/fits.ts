import type { Fit } from '../../harness/statistics/fit.ts';
import type { Estimate } from '../../harness/statistics/least-squares.ts';
import { formatMs } from '../format.ts';

/** Digits of a figure whose interval is not known. */
const DIGITS = 4;
/** More than two digits of an uncertainty say nothing (JCGM 100:2008, 7.2.6), nor do further decimals of its figure. */
const DIGITS_OF_HALF_WIDTH = 2;
const MAX_DECIMALS = 6;

/** Latencies as straight lines over a parameter, for a terminal, after an empty line. None when nothing was to be fitted. */
export function fitLines(fits: readonly Fit[]): readonly string[] {
  if (fits.length === 0) return [];
  const warnings = new Set(fits.flatMap((fit) => fit.warnings));
  return [
    '',
    'latencies as straight lines over a parameter, least squares over one median per boot',
    ...fits.flatMap((fit) => [`  ${fitLine(fit)}`, ...phaseLines(fit)]),
    ...[...warnings].map((warning) => `note: ${warning}`),
  ];
}

function fitLine({ scenario, series, latency, against, line, points }: Fit): string {
  const about = `${scenario} ${series}: ${latency}`;
  if (!line) return `${about} has no line over ${against}`;
  const { slope, intercept, residualSd } = line;
  // Milliseconds per millisecond have no unit.
  const unit = against.endsWith('_ms') ? '' : ' ms';
  const sign = slope.value < 0 ? '-' : '+';
  const equation = `${figures(intercept).value} ms ${sign} ${figures(slope).value.replace('-', '')}${unit} × ${against}`;
  const intervals = [intercept, slope].flatMap((estimate) => figures(estimate).interval ?? []);
  const boots = points.reduce((sum, point) => sum + point.boots, 0);
  const facts = [
    ...(intervals.length > 0 ? [`95 % CI ${intervals.join(' and ')}`] : []),
    ...(residualSd === undefined ? [] : [`residual SD ${formatMs(residualSd)} ms`]),
    `${boots} boots at ${points.length} values`,
  ];
  return `${about} = ${equation} (${facts.join('; ')})`;
}

/** Where a slope comes from: phases whose share of it can be told from 0. */
function phaseLines({ phases }: Fit): readonly string[] {
  const told = phases.flatMap(({ phase, slope }) => {
    const isTold = slope.ci95 !== undefined && (slope.ci95[0] > 0 || slope.ci95[1] < 0);
    return isTold ? [`${phase} ${figures(slope).value} (${figures(slope).interval})`] : [];
  });
  return told.length === 0 ? [] : [`    of which by phase: ${told.join(', ')}`];
}

/** An estimate with as many decimals as its interval is worth. */
function figures({ value, ci95 }: Estimate): { readonly value: string; readonly interval?: string } {
  if (!ci95) return { value: String(Number(value.toPrecision(DIGITS))) };
  const [low, high] = ci95;
  const halfWidth = (high - low) / 2;
  const decimals = halfWidth === 0 ? MAX_DECIMALS : DIGITS_OF_HALF_WIDTH - 1 - Math.floor(Math.log10(halfWidth));
  const text = (figure: number) => figure.toFixed(Math.min(Math.max(decimals, 0), MAX_DECIMALS));
  return { value: text(value), interval: `${text(low)} to ${text(high)}` };
}
