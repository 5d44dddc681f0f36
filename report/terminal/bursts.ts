import type { BurstSummary } from '../../harness/statistics/bursts.ts';
import type { Fit } from '../../harness/statistics/fit.ts';
import { formatMs } from '../format.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'operation', align: 'left' },
  { heading: 'devices', align: 'right' },
  { heading: 'bursts', align: 'right' },
  { heading: 'p50 ms each', align: 'right' },
  { heading: 'to the first', align: 'right' },
  { heading: 'to the last', align: 'right' },
  { heading: 'incomplete', align: 'right' },
];

/**
 * Above this cost of each further device, devices stand in line for a fixed wait. Assumption: the shortest such wait in
 * Linux's hot-plug drivers is 1 s (docs/waits.md), so that half of it tells a line from none. Evidence: under TCG, 1058 ms
 * for each further device under SHPC and 11 to 102 ms under native PCIe and ACPI. Limit: what is below it may still be
 * work that is done for one device after another.
 */
const QUEUE_MS = 500;

/** Several devices at once, for a terminal, after an empty line; none where there were none. */
export function burstLines(bursts: readonly BurstSummary[], fits: readonly Fit[]): readonly string[] {
  if (bursts.length === 0) return [];
  const rows = bursts.map(({ scenario, variant, operation, size, devices, bursts: n, complete, figures }) => [
    `${scenario}/${variant}`,
    [operation, devices].filter(Boolean).join(' '),
    String(size),
    String(n),
    ...(figures
      ? [formatMs(figures.perDeviceMs), formatMs(figures.firstMs), formatMs(figures.lastMs)]
      : ['-', '-', '-']),
    String(n - complete),
  ]);
  return ['', 'several devices at once, medians in ms', '', ...textTable(COLUMNS, rows), ...fits.flatMap(queueLine)];
}

/** What each further device costs, in words, from a fit over the number of devices. */
function queueLine({ scenario, series, latency, against, line }: Fit): readonly string[] {
  if (!latency.startsWith('last-') || against !== 'count' || !line) return [];
  const { value, ci95 } = line.slope;
  const between = ci95 ? ` (95 % CI ${ci95[0].toFixed(1)} to ${ci95[1].toFixed(1)})` : '';
  const words =
    (ci95?.[0] ?? value) > QUEUE_MS
      ? 'they queue'
      : (ci95?.[1] ?? value) < QUEUE_MS
        ? 'they do not queue'
        : 'whether they queue cannot be said';
  const operation = latency === 'last-plug' ? 'a plug' : 'an unplug';
  return [`${scenario} ${series}: each further device adds ${value.toFixed(1)} ms to ${operation}${between}: ${words}`];
}
