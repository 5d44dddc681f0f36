import type { OperationName } from '../../harness/vocabulary.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { ScenarioPart, VariantPart } from '../model/report-model.ts';
import type { BurstPart } from '../model/together.ts';
import { styleOf } from '../palette.ts';
import { count, msOf, unitOf } from '../words.ts';
import { type Chart, COMMON, HIDDEN_PARAMETER, type Row, withoutHidden } from './chart.ts';
import { axisOf } from './latency.ts';
import { longer } from './ranking.ts';

type Measured = BurstPart & { readonly figures: NonNullable<BurstPart['figures']> };

/** Several devices at once: when the first of them was done and when the last, by variant and number of devices. */
export function burstChart(scenario: ScenarioPart, operation: OperationName): Chart | undefined {
  const bursts = scenario.bursts.filter(
    (burst): burst is Measured => burst.operation === operation && burst.figures !== undefined,
  );
  if (bursts.length === 0) return undefined;
  const clock = clockOf(scenario);
  const ms = msOf(clock);
  const label = ({ variant }: BurstPart) => scenario.variants[variant]?.label ?? '';
  const rowOf = (burst: BurstPart) => [label(burst), `×${burst.devices}`, burst.kinds].filter(Boolean).join(', ');
  const x = {
    field: 'first',
    type: 'quantitative',
    title: `${unitOf(clock)} from the first command until the first, and the last, ${operation} was done`,
    scale: { type: 'log', nice: false, padding: 14 },
    axis: axisOf(bursts.flatMap(({ figures: { firstMs, lastMs } }) => [firstMs, lastMs])),
  } as const;
  const y = { field: 'row', type: 'nominal', title: null, scale: { domain: bursts.map(rowOf) } } as const;
  const color = { field: 'colour', type: 'nominal', scale: null } as const;
  const tooltip = { field: 'tip', type: 'nominal' } as const;
  return {
    id: `${scenario.slug}-burst-${operation}`,
    title: `${operation} of several devices at once`,
    caption: captionOf(bursts, rowOf, operation, ms),
    alternative: `${bursts.map((burst) => `${rowOf(burst)}: first after ${ms(burst.figures.firstMs)}, last after ${ms(burst.figures.lastMs)}`).join('; ')}.`,
    spec: {
      ...COMMON,
      height: { step: 28 },
      params: [HIDDEN_PARAMETER],
      data: { name: 'bursts' },
      transform: withoutHidden,
      layer: [
        { mark: { type: 'rule', strokeWidth: 3 }, encoding: { x, x2: { field: 'last' }, y, color, tooltip } },
        { mark: { type: 'point', filled: true, size: 50, opacity: 1 }, encoding: { x, y, color, tooltip } },
        {
          mark: { type: 'point', filled: true, size: 110, opacity: 1 },
          encoding: { x: { ...x, field: 'last' }, y, color, tooltip },
        },
      ],
    },
    data: { bursts: bursts.map((burst) => burstRow(burst, scenario.variants[burst.variant], rowOf(burst), ms)) },
    switchable: 'x',
    files: ['samples.csv', 'summary.json'],
    isInteractive: true,
  };
}

function burstRow(
  { bursts, complete, figures }: Measured,
  variant: VariantPart | undefined,
  row: string,
  ms: (value: number) => string,
): Row {
  const { firstMs, lastMs, deviceMs } = figures;
  return {
    variant: variant?.label ?? '',
    row,
    first: firstMs,
    last: lastMs,
    colour: styleOf(variant?.look ?? 0).colour,
    tip: [
      row,
      `first after ${ms(firstMs)}, last after ${ms(lastMs)}`,
      `median of a device ${ms(deviceMs)}`,
      `${complete} of ${count(bursts, 'burst')} complete`,
    ].join('\n'),
  };
}

/**
 * Of the most devices at once: one that is alone does less than sixteen. And of those with the fewest incomplete bursts:
 * what the others have left may be fast only because their slow ones did not complete.
 */
function captionOf(
  bursts: readonly Measured[],
  rowOf: (burst: BurstPart) => string,
  operation: OperationName,
  ms: (value: number) => string,
): string {
  const most = Math.max(...bursts.map(({ devices }) => devices));
  const shareOf = ({ bursts: all, complete }: Measured) => complete / all;
  const largest = bursts.filter(({ devices }) => devices === most);
  const best = Math.max(...largest.map(shareOf));
  const sorted = largest
    .filter((burst) => shareOf(burst) === best)
    .toSorted((a, b) => a.figures.lastMs - b.figures.lastMs);
  const [fastest] = sorted;
  const slowest = sorted.at(-1);
  if (!fastest || !slowest) return '';
  const incomplete = bursts.filter(({ bursts: all, complete }) => complete < all).length;
  const against =
    fastest === slowest
      ? ''
      : `; ${rowOf(slowest)}: ${ms(slowest.figures.lastMs)}, ${longer(slowest.figures.lastMs / fastest.figures.lastMs)}`;
  const missing =
    incomplete > 0 ? ` ${count(incomplete, 'row')} had bursts that did not complete, which are in no figure.` : '';
  const what = `Until the last ${operation} of ${count(most, 'device')} was done`;
  return `${what}: ${rowOf(fastest)}: ${ms(fastest.figures.lastMs)}${against}.${missing}`;
}
