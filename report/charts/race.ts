import type { ScenarioPart } from '../model/report-model.ts';
import type { RaceBin, RacePart } from '../model/together.ts';
import { FOUND_BY_SCAN, outcomeColour } from '../palette.ts';
import { count, list, ms, percent } from '../words.ts';
import { type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';

/** What became of plugs while the guest booted: a strip of outcomes by the offset after `cont`, for each variant. */
export function raceChart(scenario: ScenarioPart): Chart | undefined {
  const { races, variants } = scenario;
  if (!races.some(({ bins }) => bins.length > 0)) return undefined;
  const label = ({ variant }: RacePart) => variants[variant]?.label ?? '';
  const ends = races.flatMap(({ bins, readyMs }) => [...bins.map(({ toMs }) => toMs), readyMs?.latest ?? 0]);
  const leastMs = LEAST_SHARE * Math.max(...ends);
  const cells = races.flatMap((race) => race.bins.flatMap((bin) => cellRows(label(race), bin, leastMs)));
  const x = {
    field: 'from',
    type: 'quantitative',
    title: 'ms after cont; the bar across a strip is when the guest was ready',
    scale: { zero: false, nice: false, padding: 8 },
    axis: { format: '~r' },
  } as const;
  const y = { field: 'variant', type: 'nominal', title: null, scale: { domain: races.map(label) } } as const;
  return {
    id: `${scenario.slug}-race`,
    title: 'Plugged while the guest boots: outcome by offset',
    caption: races.map((race) => sentenceOf(label(race), race.bins)).join(' '),
    alternative: `${races.map((race) => `${label(race)}: ${race.bins.map((bin) => `${spanOf(bin)} ${outcomeText(bin)}`).join('; ')}`).join('. ')}.`,
    spec: {
      ...COMMON,
      height: { step: 44 },
      params: [HIDDEN_PARAMETER],
      layer: [
        {
          data: { name: 'cells' },
          transform: withoutHidden,
          mark: { type: 'bar', height: { band: 0.7 } },
          encoding: {
            x,
            x2: { field: 'to' },
            y,
            fill: {
              field: 'outcome',
              type: 'nominal',
              title: null,
              scale: outcomeScale(cells.map(({ outcome }) => String(outcome))),
              legend: { orient: 'bottom' },
            },
            tooltip: { field: 'tip', type: 'nominal' },
          },
        },
        {
          data: { name: 'edges' },
          transform: withoutHidden,
          mark: { type: 'tick', orient: 'vertical', color: 'var(--paper)', thickness: 2, height: { band: 0.7 } },
          encoding: { x, y },
        },
        {
          data: { name: 'ready' },
          transform: withoutHidden,
          mark: { type: 'rule', color: 'var(--ink)', strokeWidth: 4 },
          encoding: { x, x2: { field: 'to' }, y, tooltip: { field: 'tip', type: 'nominal' } },
        },
      ],
    },
    data: {
      cells,
      edges: races.flatMap((race) => race.bins.map(({ fromMs }) => ({ variant: label(race), from: fromMs }))),
      ready: races.flatMap((race) => {
        const { earliest, latest } = race.readyMs ?? {};
        if (earliest === undefined || latest === undefined) return [];
        const tip = `${label(race)}\nready after ${ms(earliest)} to ${ms(latest)}`;
        return [{ variant: label(race), from: earliest, to: latest, tip }];
      }),
    },
    files: ['samples.csv', 'summary.json'],
    isInteractive: true,
  };
}

/** Plugs at one offset only make a bin without a width: of what is drawn it gets this share. */
const LEAST_SHARE = 0.01;

function outcomeScale(outcomes: readonly string[]) {
  const isGood = (outcome: string) => Number(outcome.startsWith('ok'));
  const domain = [...new Set(outcomes)].toSorted((a, b) => isGood(b) - isGood(a));
  return { domain, range: domain.map(outcomeColour) };
}

/** A bin is divided among the outcomes in proportion, `ok` first, so that its colours are what became of the plugs in it. */
function cellRows(variant: string, bin: RaceBin, leastMs: number): readonly Row[] {
  const { fromMs, samples } = bin;
  const toMs = Math.max(bin.toMs, fromMs + leastMs);
  const tip = [variant, `${spanOf(bin)} after cont`, outcomeText(bin), rateText(bin)].join('\n');
  let from = fromMs;
  return parts(bin)
    .filter(([, n]) => n > 0)
    .map(([outcome, n]) => {
      const to = from + ((toMs - fromMs) * n) / samples;
      const cell = { variant, from, to, outcome, tip };
      from = to;
      return cell;
    });
}

/** What became of the plugs of a bin, the good ones first: those that no hot-plug was needed for, then the others. */
function parts({ outcomes, early }: RaceBin): readonly (readonly [outcome: string, n: number])[] {
  const { ok = 0, ...bad } = outcomes;
  return [[FOUND_BY_SCAN, early], ['ok', ok - early], ...Object.entries(bad)];
}

function outcomeText({ outcomes, early }: RaceBin): string {
  return Object.entries(outcomes)
    .filter(([, n]) => n > 0)
    .map(
      ([outcome, n]) =>
        `${n} ${outcome}${outcome === 'ok' && early > 0 ? ` (${early} found by the guest's own scan)` : ''}`,
    )
    .join(', ');
}

function rateText({ failureRate = 0, failureRateCi95 }: RaceBin): string {
  const between = failureRateCi95
    ? ` (95 % CI ${percent(failureRateCi95.low)} to ${percent(failureRateCi95.high)})`
    : '';
  return `${percent(failureRate)} not ok${between}`;
}

function spanOf({ fromMs, toMs }: RaceBin): string {
  if (toMs - fromMs < 1) return `${fromMs.toFixed(0)} ms`;
  return `${fromMs.toFixed(0)} to ${toMs.toFixed(0)} ms`;
}

function sentenceOf(variant: string, bins: readonly RaceBin[]): string {
  const total = bins.reduce((sum, { samples }) => sum + samples, 0);
  const bad = bins.filter(({ failureRate = 0 }) => failureRate > 0);
  if (bad.length === 0)
    return total === 1
      ? `${variant}: the only plug, at ${bins.map(spanOf).join()}, was ok.`
      : `${variant}: all ${total} plugs were ok, at every offset.`;
  const worst = bad.toSorted((a, b) => (b.failureRate ?? 0) - (a.failureRate ?? 0))[0];
  const ranges = list(bad.map(spanOf));
  const most = worst ? `; most at ${spanOf(worst)}: ${outcomeText(worst)}, ${rateText(worst)}` : '';
  return `${variant}: of ${count(total, 'plug')}, some were not ok at ${ranges}${most}.`;
}
