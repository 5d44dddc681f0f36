import type { Chart } from '../charts/chart.ts';
import { timelineChart } from '../charts/timeline.ts';
import type { ScenarioPart, VariantPart } from '../model/report-model.ts';
import type { Timeline } from '../model/timeline.ts';
import { unitOf } from '../words.ts';
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

/** Where it was seen, as short as its column. */
const SOURCES = { QMP: 'QMP', 'guest kernel': 'kernel', uevent: 'uevent', agent: 'agent' } as const;

/**
 * Everything that was seen during a sample, a line for each: when, how long after the line before, where, and what; the
 * phases as headings between them. As text and not as a table, with tabs between the columns: there are thousands of them
 * in a report.
 */
function eventLines({ events, phases, sample }: Timeline): string {
  let previousMs = 0;
  let previousPhase = '';
  const lines = events.flatMap(({ atMs, source, text }) => {
    const phase = phases.find(({ startMs, durationMs }) => atMs <= startMs + durationMs) ?? phases.at(-1);
    const name = phase?.name ?? '';
    const since = atMs - previousMs;
    const heading = name === previousPhase ? [] : [`\t\t\t${name}:`];
    previousMs = atMs;
    previousPhase = name;
    return [
      ...heading,
      [atMs.toFixed(2), since < 0.005 ? '' : `+${since.toFixed(2)}`, SOURCES[source], text].join('\t'),
    ];
  });
  return [`${unitOf(sample.clock)}\tlater\tseen in\tline`, ...lines].join('\n');
}
