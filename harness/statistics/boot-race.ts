import { OUTCOMES, type Outcome, type Sample } from '../vocabulary.ts';
import { wilsonShare } from './share.ts';
import type { Statistic } from './statistic.ts';

/** Plugs during the boot that were begun within a stretch after `cont`. */
export interface RaceBin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly n: number;
  /** Of each outcome that occurred anywhere in the race. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Of the `ok` ones, those that the guest had when it was ready, by its own scan. */
  readonly early: number;
  /** Share of `ok`, 0 to 1, with its 95 % interval; absent without a plug. */
  readonly ok?: Statistic;
}

/** What becomes of a device that is plugged while the guest boots, by when it is plugged. */
export interface Race {
  readonly scenario: string;
  readonly variant: string;
  readonly n: number;
  /** When the boots were ready, in milliseconds after `cont`; absent when none was. */
  readonly readyMs?: { readonly earliest: number; readonly latest: number };
  readonly bins: readonly RaceBin[];
}

/** As many stretches as a strip on a terminal or a page shows well; fewer where that would leave fewer plugs in each. */
const MAX_BINS = 12;
const MIN_PER_BIN = 3;

/** A race for each variant that plugs during the boot, in the order of the variants. */
export function bootRaces(
  variants: readonly { readonly scenario: string; readonly name: string }[],
  samples: readonly Sample[],
): readonly Race[] {
  const plugs = samples.filter(({ offsetMs }) => offsetMs !== undefined);
  return variants.flatMap(({ scenario, name: variant }) => {
    const own = plugs.filter((sample) => sample.scenario === scenario && sample.variant === variant);
    if (own.length === 0) return [];
    const readyMs = samples.flatMap((sample) =>
      sample.scenario === scenario && sample.variant === variant && sample.operation === 'boot'
        ? (sample.latencyMs ?? [])
        : [],
    );
    return {
      scenario,
      variant,
      n: own.length,
      ...(readyMs.length > 0 && { readyMs: { earliest: Math.min(...readyMs), latest: Math.max(...readyMs) } }),
      bins: binsOf(own),
    };
  });
}

function binsOf(plugs: readonly Sample[]): readonly RaceBin[] {
  const offsets = plugs.map(({ offsetMs = 0 }) => offsetMs);
  const from = Math.min(...offsets);
  const span = Math.max(...offsets) - from;
  const count = span === 0 ? 1 : Math.max(1, Math.min(MAX_BINS, Math.floor(plugs.length / MIN_PER_BIN)));
  const occurred = OUTCOMES.filter((outcome) => plugs.some((plug) => plug.outcome === outcome));
  return Array.from({ length: count }, (_, index) => {
    const fromMs = from + (span * index) / count;
    const toMs = from + (span * (index + 1)) / count;
    const isLast = index === count - 1;
    const own = plugs.filter(({ offsetMs = 0 }) => offsetMs >= fromMs && (offsetMs < toMs || isLast));
    const good = own.filter(({ outcome }) => outcome === 'ok');
    return {
      fromMs,
      toMs,
      n: own.length,
      outcomes: Object.fromEntries(occurred.map((one) => [one, own.filter(({ outcome }) => outcome === one).length])),
      early: good.filter(({ detail }) => detail.startsWith('early')).length,
      ...(own.length > 0 && { ok: wilsonShare(good.length, own.length) }),
    };
  });
}
