import type { Comparison, LatencyComparison, PhaseChange } from './comparison.ts';
import type { Share } from './fisher.ts';
import { isMoreOften } from './more-often.ts';

/** At most so many phases are named; the rest are in the comparison. */
const NAMED_PHASES = 3;

/** Of two sides whose every sample failed. */
export const NEITHER_IS_GOOD = 'no good sample on either side';

/** The verdict in one sentence, with figures, for a person. */
export function reasonOf(comparison: Omit<Comparison, 'reason'>): string {
  const { verdict, base, latency, phases, differences, moreBoots } = comparison;
  switch (verdict) {
    case 'missing':
      return `${base.label} has it, this run does not`;
    case 'incomparable':
      return `measured under other conditions: ${differences.join('; ')}`;
    case 'failing':
      return failingText(comparison);
    case 'regressed':
    case 'improved':
      return `${changeText(latency)}: ${fromTo(comparison)}${phasesText(phases)}`;
    case 'unchanged':
      return latency ? `${changeText(latency)}: ${fromTo(comparison)}` : 'no sample is ok on either side, as expected';
    case 'inconclusive': {
      const more = moreBoots === undefined ? [] : [`about ${moreBoots} more boots a side would tell`];
      const change = latency ? `${changeText(latency)}: ${fromTo(comparison)}` : noGoodText(comparison);
      return [change, ...moreOftenTexts(comparison), ...more].join('; ');
    }
  }
}

function noGoodText({ base, current }: Pick<Comparison, 'base' | 'current'>): string {
  if (base.medianMs === undefined && current?.medianMs === undefined) return NEITHER_IS_GOOD;
  return `${base.medianMs === undefined ? base.label : current?.label} has no good sample`;
}

function failingText(comparison: Omit<Comparison, 'reason'>): string {
  const { current } = comparison;
  if (current && current.failures === current.samples) return `all ${current.samples} samples failed`;
  const isGone = current && current.medianMs === undefined;
  const gone = isGone ? [`no good sample any more: ${current.failures} of ${current.samples} failed`] : [];
  return [...gone, ...moreOftenTexts(comparison)].join('; ');
}

/** What happens in a larger share of the boots than before, each with its figures. */
export function moreOftenTexts({
  base,
  current,
  failures,
  deadline,
}: Pick<Comparison, 'base' | 'current' | 'failures' | 'deadline'>): readonly string[] {
  const counted: readonly (readonly [before: Share, now: Share, what: string])[] = [
    ...(failures && current
      ? [
          [
            { count: failures.baseFailedBoots, total: base.boots },
            { count: failures.currentFailedBoots, total: current.boots },
            'failed',
          ] as const,
        ]
      : []),
    ...(deadline
      ? [
          [
            { count: deadline.base.missedBoots, total: deadline.base.boots },
            { count: deadline.current.missedBoots, total: deadline.current.boots },
            `missed the deadline of ${ms(deadline.limitMs)} ms`,
          ] as const,
        ]
      : []),
  ];
  return counted.flatMap(([before, now, what]) =>
    isMoreOften(before, now)
      ? [`${now.count} of ${now.total} boots ${what}, before ${before.count} of ${before.total}`]
      : [],
  );
}

/** `10.3 % slower (95 % interval 6.2 to 14.5 %)`. */
function changeText(latency: LatencyComparison | undefined): string {
  if (!latency) return '';
  const { value, ci95 } = latency.ratio;
  const change = `${percent(Math.abs(value - 1))} ${value >= 1 ? 'slower' : 'faster'}`;
  if (!ci95) return change;
  const ends = ci95.map((ratio) => (value >= 1 ? ratio - 1 : 1 - ratio)).toSorted((a, b) => a - b);
  return `${change} (95 % interval ${percent(ends[0] ?? 0).replace(' %', '')} to ${percent(ends[1] ?? 0)})`;
}

function fromTo({ base, current }: Pick<Comparison, 'base' | 'current'>): string {
  return `${ms(base.medianMs)} to ${ms(current?.medianMs)} ms`;
}

function phasesText(phases: readonly PhaseChange[]): string {
  if (phases.length === 0) return '';
  const named = phases
    .slice(0, NAMED_PHASES)
    .map(({ phase, differenceMs }) => `${phase} ${differenceMs > 0 ? '+' : '-'}${ms(Math.abs(differenceMs))} ms`);
  const rest = phases.length - named.length;
  return `; ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function ms(value: number | undefined): string {
  if (value === undefined) return '-';
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
