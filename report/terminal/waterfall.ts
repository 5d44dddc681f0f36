import type { PhaseSummary, Waterfall } from '../../harness/statistics/phase-summary.ts';
import type { PhaseKind } from '../../harness/vocabulary.ts';
import { formatMs } from '../format.ts';
import { operationName } from '../words.ts';

/** Characters a bar has for the whole latency. */
const BAR_WIDTH = 48;

/** What a bar is drawn with; a fixed wait has to be told from work at a glance, without colour. */
const FILL: Readonly<Record<PhaseKind, string>> = { 'fixed-wait': '.', guest: '#', host: '=' };

/** Where the time went, as lines for a terminal: per operation a row for each phase, with a bar where it lies in time. */
export function waterfallLines(waterfalls: readonly Waterfall[]): readonly string[] {
  const names = waterfalls.flatMap(({ phases }) => phases.map(({ name }) => name.length));
  const nameWidth = Math.max(0, ...names);
  return [
    `where the time goes, medians in ms (${FILL['fixed-wait']} fixed wait in a guest driver, ${FILL.guest} guest, ${FILL.host} host)`,
    ...waterfalls.flatMap((waterfall) => [
      '',
      `${waterfall.scenario}/${waterfall.variant} ${operationName(waterfall)}: ${formatMs(waterfall.latencyMs)}` +
        ` (n ${waterfall.samples}, unattributed ${(waterfall.unattributedShare * 100).toFixed(1)} % of what is not a fixed wait)`,
      ...waterfall.phases.map((phase) => phaseLine(phase, waterfall.latencyMs, nameWidth)),
    ]),
  ];
}

function phaseLine({ name, kind, startMs, durationMs }: PhaseSummary, latencyMs: number, nameWidth: number): string {
  const scale = latencyMs === 0 ? 0 : BAR_WIDTH / latencyMs;
  const from = Math.min(Math.round(startMs * scale), BAR_WIDTH - 1);
  const to = Math.min(Math.round((startMs + durationMs) * scale), BAR_WIDTH);
  // Every phase that took time shows, however short.
  const length = Math.max(to - from, durationMs > 0 ? 1 : 0);
  const bar = `${' '.repeat(from)}${FILL[kind].repeat(length)}`.padEnd(BAR_WIDTH);
  return `  ${name.padEnd(nameWidth)}  ${formatMs(durationMs).padStart(6)}  |${bar}|`;
}
