import type { OperationName } from '../../harness/vocabulary.ts';
import type { OperationPart, ScenarioPart, VariantPart } from '../model/report-model.ts';
import { partsOf, rowLabel } from '../model/rows.ts';

import { list, percent, times } from '../words.ts';

/** Variants that do the same thing, so that one may be called the fastest of them. */
export interface Ranking {
  /** The operation, with its device where there are several, and how many at once where that differs. */
  readonly what: string;
  /** By the median, the fastest first. Empty where nobody has a rank. */
  readonly ranked: readonly Ranked[];
  /** Whom the failures of which deny a rank: see `standings`. */
  readonly unranked: readonly Unranked[];
}

/** A variant whose median is known. */
export interface Ranked extends Measured {
  readonly medianMs: number;
}

/** A variant of which more failed than of another, or so much that its median is not known. */
interface Unranked {
  readonly row: string;
  readonly failures: number;
  readonly tried: number;
}

/**
 * Who is the fastest at what, in a scenario of one clock. Each device apart: a network card that is slower than a disk says
 * nothing of a machine. Nor does a device that waits for seven others say anything beside one that is alone: of the numbers
 * of devices at once the least and the greatest are ranked.
 */
export function rankings(scenario: ScenarioPart, operation: OperationName): readonly Ranking[] {
  const attempts = attemptsOf(scenario, operation);
  const sizeOf = ({ variant }: Attempt) =>
    scenario.bursts.find((burst) => burst.variant === variant.index && burst.operation === operation)?.devices ?? 1;
  const devices = [...new Set(attempts.map((one) => one.operation.deviceId))];
  return devices.flatMap((deviceId) => {
    const own = attempts.filter((one) => one.operation.deviceId === deviceId);
    const sizes = [...new Set(own.map(sizeOf))].toSorted((a, b) => a - b);
    const compared = sizes.length > 2 ? [sizes[0], sizes.at(-1)] : sizes;
    return compared.map((size): Ranking => {
      const atOnce = sizes.length > 1 ? [size === 1 ? 'one alone' : `${size} at once`] : [];
      const what = [`${operation} ${deviceId}`.trim(), ...atOnce].join(', ');
      return { what, ...standings(own.filter((one) => sizeOf(one) === size)) };
    });
  });
}

/**
 * A variant of which a larger share failed than of another has no rank, however fast the rest of it was: what is left may be
 * fast only because the slow ones are those that failed. Whether the difference is more than chance is not asked: the words
 * beside it say how many failed.
 */
function standings(attempts: readonly Attempt[]): Pick<Ranking, 'ranked' | 'unranked'> {
  const shareOf = ({ operation: { failures, tried } }: Attempt) => failures / tried;
  const least = Math.min(...attempts.map(shareOf));
  const medianOf = (one: Attempt) => (shareOf(one) === least ? one.latency?.p50Ms : undefined);
  return {
    ranked: attempts
      .flatMap((one): Ranked[] => {
        const medianMs = medianOf(one);
        return one.latency && medianMs !== undefined ? [{ ...one, latency: one.latency, medianMs }] : [];
      })
      .toSorted((a, b) => a.medianMs - b.medianMs),
    unranked: attempts.flatMap((one) => {
      const { failures, tried } = one.operation;
      return medianOf(one) === undefined && failures > 0 ? [{ row: one.row, failures, tried }] : [];
    }),
  };
}

/** Variants that a sentence names. */
const MAX_NAMED = 5;

/** Who has no rank, in a sentence; empty where nobody. */
export function withoutRank(unranked: readonly Unranked[]): string {
  if (unranked.length === 0) return '';
  return `Without a rank: ${list(
    unranked.map(({ row, failures, tried }) => `${row} (${failures} of ${tried} failed)`),
    MAX_NAMED,
  )}.`;
}

/** A ratio below this is told as a difference: 1.00 times as long would say that there is none. */
const NEARLY_ALIKE = 1.1;

/** How much longer something takes, for a sentence: 3.2 times as long, 0.2 % longer. */
export function longer(ratio: number): string {
  return ratio < NEARLY_ALIKE ? `${percent(ratio - 1)} longer` : `${times(ratio)} as long`;
}

interface Attempt {
  readonly variant: VariantPart;
  /** Its name in a chart. */
  readonly row: string;
  readonly operation: OperationPart;
  readonly latency: OperationPart['latency'];
}

export interface Measured extends Attempt {
  readonly latency: NonNullable<OperationPart['latency']>;
}

/** Variants of which the operation was measured well at least once, in their order. */
export function measuredVariants(scenario: ScenarioPart, operation: OperationName): readonly Measured[] {
  return attemptsOf(scenario, operation).flatMap((one) => (one.latency ? [{ ...one, latency: one.latency }] : []));
}

function attemptsOf({ variants }: ScenarioPart, operation: OperationName): readonly Attempt[] {
  return variants.flatMap((variant) =>
    partsOf(variant, operation).flatMap((part) =>
      part.tried > 0 ? [{ variant, row: rowLabel(variant, part), operation: part, latency: part.latency }] : [],
    ),
  );
}
