import type { Chart } from '../charts/chart.ts';
import { timelineChart } from '../charts/timeline.ts';
import type { ScenarioPart, VariantPart } from '../model/report-model.ts';
import type { Timeline } from '../model/timeline.ts';
import { eventLines } from './event-lines.ts';
import type { DrawnFigure } from './figure.ts';

/** What a page shows of a single sample. Lines that are absent would have made the page too large. */
export interface ShownSample {
  readonly figure: DrawnFigure;
  readonly lines?: string;
}

/**
 * Characters for all drawings, and for all lists of lines: enough for every sample of 24 variants that are measured one
 * operation at a time, so that a page of those stays under 2.5 MB and one of every scenario under 6 MB.
 */
const MAX_DRAWN = 700_000;
const MAX_LISTED = 700_000;

/** Draws single samples and lists their lines, the most telling first, until the page has as much as it can bear. */
export async function showSingleSamples(
  scenarios: readonly ScenarioPart[],
  draw: (chart: Chart) => Promise<DrawnFigure>,
): Promise<ReadonlyMap<Timeline, ShownSample>> {
  const shown = new Map<Timeline, ShownSample>();
  let drawn = 0;
  let listed = 0;
  for (const { variant, timeline } of byImportance(scenarios)) {
    if (drawn >= MAX_DRAWN) break;
    const figure = await draw(timelineChart(variant, timeline));
    drawn += figure.svg.length;
    const lines = eventLines(timeline);
    const isListed = listed + lines.length <= MAX_LISTED;
    if (isListed) listed += lines.length;
    shown.set(timeline, { figure, ...(isListed && { lines }) });
  }
  return shown;
}

interface OfVariant {
  readonly variant: VariantPart;
  readonly timeline: Timeline;
}

/**
 * Medians before worst samples, and of each operation the slowest variant, the fastest, the next slowest and so on: first
 * one of every scenario's operations, then the next of each.
 */
export function byImportance(scenarios: readonly ScenarioPart[]): readonly OfVariant[] {
  const groups = scenarios.flatMap(({ variants, operations }) => {
    const all = variants.flatMap((variant) => variant.timelines.map((timeline) => ({ variant, timeline })));
    return operations.map((operation) => {
      const own = all.filter(({ timeline }) => timeline.sample.operation === operation);
      const isWorst = ({ timeline }: OfVariant) => timeline.which === 'worst';
      return [...fromBothEnds(own.filter((one) => !isWorst(one))), ...fromBothEnds(own.filter(isWorst))];
    });
  });
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, rank) => groups.flatMap((group) => group[rank] ?? [])).flat();
}

function fromBothEnds(all: readonly OfVariant[]): readonly OfVariant[] {
  const sorted = all.toSorted((a, b) => b.timeline.latencyMs - a.timeline.latencyMs);
  const fastest = sorted.toReversed();
  return [...new Set(sorted.flatMap((slow, index) => [slow, fastest[index] ?? slow]))];
}
