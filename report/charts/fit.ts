import { clockOf } from '../model/clock-parts.ts';
import { fitEquation, isToldFromZero, phaseSlopeTexts } from '../model/fits.ts';
import type { FitPart, ScenarioPart } from '../model/report-model.ts';
import { styleOf } from '../palette.ts';
import { msOf, unitOf } from '../words.ts';
import { type Chart, COMMON, type Row } from './chart.ts';

/** Fits of one latency over one parameter, all series of a scenario together. */
export interface FitGroup {
  readonly latency: string;
  readonly against: string;
  readonly fits: readonly FitPart[];
}

/** Groups in the order of the file. */
export function fitGroups({ fits }: ScenarioPart): readonly FitGroup[] {
  const groups = new Map<string, FitPart[]>();
  for (const fit of fits) {
    const key = `${fit.latency} ${fit.against}`;
    groups.set(key, [...(groups.get(key) ?? []), fit]);
  }
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ latency: first.latency, against: first.against, fits: own }] : [];
  });
}

/** Medians over a parameter with the straight lines through them: a delay, a number of ports, or of devices at once. */
export function fitChart(scenario: ScenarioPart, { latency, against, fits }: FitGroup, position: number): Chart {
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const names = fits.map(nameOf);
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    sort: null,
    scale: { domain: names, range: names.map((_, index) => styleOf(index).colour) },
    legend: fits.length === 1 ? null : { orient: 'bottom', direction: 'vertical', symbolType: 'stroke' },
  } as const;
  const values = [...new Set(fits.flatMap(({ points }) => points.map((point) => point.x)))].toSorted((a, b) => a - b);
  const x = {
    field: 'x',
    type: 'quantitative',
    title: against === 'count' ? 'devices at once' : against,
    scale: { nice: false, padding: 12 },
    axis: { values, format: '~r' },
  } as const;
  const y = {
    field: 'ms',
    type: 'quantitative',
    title: `${wordOf(latency)}, median ${unitOf(clock)}`,
    scale: { zero: true },
    axis: { format: '~r' },
  } as const;
  return {
    id: `${scenario.slug}-fit-${position + 1}`,
    title: `${wordOf(latency)} over ${against === 'count' ? 'the number of devices' : against}`,
    caption: fits.map((fit) => sentenceOf(fit, unitOf(clock))).join('\n'),
    alternative: `${fits.map((fit) => `${nameOf(fit)}: ${fit.points.map((point) => `${ms(point.medianMs)} at ${point.x}`).join(', ')}`).join('. ')}.`,
    spec: {
      ...COMMON,
      height: 280,
      layer: [
        {
          data: { name: 'lines' },
          mark: { type: 'line', strokeWidth: 1.5, opacity: 0.8 },
          encoding: { x, y, color },
        },
        {
          data: { name: 'points' },
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x, y, color, tooltip: { field: 'tip', type: 'nominal' } },
        },
      ],
    },
    data: {
      lines: fits.flatMap(lineRows),
      points: fits.flatMap((fit) =>
        fit.points.map((point) => ({
          series: nameOf(fit),
          x: point.x,
          ms: point.medianMs,
          tip: [nameOf(fit), `${against} ${point.x}: ${ms(point.medianMs)}`, `${point.boots} boots`].join('\n'),
        })),
      ),
    },
    files: ['summary.json', 'samples.csv'],
    isInteractive: true,
  };
}

function wordOf(latency: string): string {
  return latency.replace(/^last-(.*)/, 'time until the last $1');
}

function nameOf({ series, runLabel }: FitPart): string {
  return runLabel === '' ? series : `${series} (${runLabel})`;
}

function lineRows(fit: FitPart): readonly Row[] {
  const { line, points } = fit;
  if (!line) return [];
  const xs = points.map(({ x }) => x);
  return [Math.min(...xs), Math.max(...xs)].map((x) => ({
    series: nameOf(fit),
    x,
    ms: line.interceptMs + line.slope * x,
  }));
}

/** A parameter in milliseconds is named; an option that counts things is a plural. */
function eachOf(against: string): string {
  if (against === 'count') return 'each further device';
  if (against.endsWith('_ms')) return `each millisecond of ${against}`;
  return against.endsWith('s') ? `each of the ${against}` : `each step of ${against}`;
}

function sentenceOf(fit: FitPart, unit: string): string {
  const equation = fitEquation(fit);
  const inUnit = (figure: string) => figure.replace(' ms', ` ${unit}`);
  if (!equation) return `${nameOf(fit)}: no line, ${fit.warnings[0] ?? 'too few values'}.`;
  const isCertain = !fit.line?.slopeCi95 || isToldFromZero(fit.line.slopeCi95);
  const adds = isCertain ? 'adds' : 'adds nothing that could be told from 0,';
  const phases = isCertain ? phaseSlopeTexts(fit).map(inUnit) : [];
  const parts = phases.length === 0 ? '' : `, by phase ${phases.join(', ')}`;
  return `${nameOf(fit)}: ${eachOf(fit.against)} ${adds} ${inUnit(equation.slope)}${parts}; ${inUnit(equation.intercept)} remain at 0.`;
}
