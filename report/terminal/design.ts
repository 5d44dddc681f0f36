import { type Design, type MetricDesign, outOfReach } from '../../harness/history/design.ts';
import { formatMs } from '../format.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'operation', align: 'left' },
  { heading: 'median ms', align: 'right' },
  { heading: 'runs differ by', align: 'right' },
  { heading: 'boots differ by', align: 'right' },
  { heading: 'boots', align: 'right' },
  { heading: 'found from', align: 'right' },
  { heading: 'boots needed', align: 'right' },
];

/** What this host can find, as a table, and in a sentence what it cannot. */
export function designLines(design: Design): readonly string[] {
  const { metrics, detect, boots } = design;
  if (metrics.length === 0)
    return ['no run of these scenarios on this host is known: nothing can be said of what it can find'];
  const beyond = outOfReach(design);
  return [
    `What two runs of this host can show: slowdowns that are found in four of five comparisons, looked for: ${percent(detect)}`,
    ...textTable(COLUMNS, metrics.map(row)),
    `boots a run that find what can be found: ${boots} (--boots ${boots})`,
    ...(beyond.length === 0
      ? []
      : [
          `not to be found with that: ${percent(detect)} in ${beyond.map(nameOf).join(', ')}. "ab" measures both sides in one run`,
        ]),
  ];
}

function row(one: MetricDesign): readonly string[] {
  const { metric, medianMs, between, bootSd, boots, detectable, bootsNeeded } = one;
  return [
    `${metric.scenario}/${metric.variant}`,
    [metric.operation, metric.deviceId ?? []].flat().join(' '),
    medianMs === undefined ? '-' : formatMs(medianMs),
    `${percent(between.sd)} (${between.runs === 0 ? 'assumed' : `${between.runs} runs`})`,
    bootSd === undefined ? '-' : percent(bootSd),
    String(boots),
    detectable === undefined ? '-' : percent(detectable),
    bootsNeeded === undefined ? (bootSd === undefined ? '-' : 'no number') : String(bootsNeeded),
  ];
}

function nameOf({ metric: { variant, operation, deviceId } }: MetricDesign): string {
  return [variant, operation, deviceId ?? []].flat().join(' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
