import type { OperationName } from '../../harness/vocabulary.ts';
import type { OperationPart, ScenarioPart, VariantPart } from '../model/report-model.ts';
import { partsOf, rowLabel } from '../model/rows.ts';

import { percent, times } from '../words.ts';

/** Variants that do the same thing, so that one may be called the fastest of them. */
export interface Ranking {
  /** The operation, with its device where there are several, and how many at once where that differs. */
  readonly what: string;
  /** By the median, the fastest first; never empty. */
  readonly measured: readonly [Measured, ...Measured[]];
}

/**
 * Who is the fastest at what, in a scenario of one clock. Each device apart: a network card that is slower than a disk says
 * nothing of a machine. Nor does a device that waits for seven others say anything beside one that is alone: of the numbers
 * of devices at once the least and the greatest are ranked.
 */
export function rankings(scenario: ScenarioPart, operation: OperationName): readonly Ranking[] {
  const measured = measuredVariants(scenario, operation);
  const sizeOf = ({ variant }: Measured) =>
    scenario.bursts.find((burst) => burst.variant === variant.index && burst.operation === operation)?.devices ?? 1;
  const devices = [...new Set(measured.map((one) => one.operation.deviceId))];
  return devices.flatMap((deviceId) => {
    const own = measured.filter((one) => one.operation.deviceId === deviceId);
    const sizes = [...new Set(own.map(sizeOf))].toSorted((a, b) => a - b);
    const ranked = sizes.length > 2 ? [sizes[0], sizes.at(-1)] : sizes;
    return ranked.flatMap((size): Ranking[] => {
      const [fastest, ...others] = own
        .filter((one) => sizeOf(one) === size)
        .toSorted((a, b) => a.latency.p50Ms - b.latency.p50Ms);
      const atOnce = sizes.length > 1 ? [size === 1 ? 'one alone' : `${size} at once`] : [];
      if (!fastest) return [];
      return [{ what: [`${operation} ${deviceId}`.trim(), ...atOnce].join(', '), measured: [fastest, ...others] }];
    });
  });
}

/** A ratio below this is told as a difference: 1.00 times as long would say that there is none. */
const NEARLY_ALIKE = 1.1;

/** How much longer something takes, for a sentence: 3.2 times as long, 0.2 % longer. */
export function longer(ratio: number): string {
  return ratio < NEARLY_ALIKE ? `${percent(ratio - 1)} longer` : `${times(ratio)} as long`;
}

export interface Measured {
  readonly variant: VariantPart;
  /** Its name in a chart. */
  readonly row: string;
  readonly operation: OperationPart;
  readonly latency: NonNullable<OperationPart['latency']>;
}

/** Variants of which the operation was measured well at least once, in their order. */
export function measuredVariants({ variants }: ScenarioPart, operation: OperationName): readonly Measured[] {
  return variants.flatMap((variant) =>
    partsOf(variant, operation).flatMap((part) =>
      part.latency ? [{ variant, row: rowLabel(variant, part), operation: part, latency: part.latency }] : [],
    ),
  );
}
