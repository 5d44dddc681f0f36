import type { Comparison, LatencyComparison, PhaseChange } from './comparison.ts';

/** At most so many phases are named; the rest are in the comparison. */
const NAMED_PHASES = 3;

/** The verdict in one sentence, with figures, for a person. */
export function reasonOf(comparison: Omit<Comparison, 'reason'>): string {
  const { verdict, base, current, latency, failures, phases, differences, moreBoots } = comparison;
  switch (verdict) {
    case 'missing':
      return `${base.label} has it, this run does not`;
    case 'incomparable':
      return `measured under other conditions: ${differences.join('; ')}`;
    case 'failing': {
      if (current && current.failures === current.samples) return `all ${current.samples} samples failed`;
      const before = `${failures?.baseFailedBoots} of ${base.boots} boots`;
      return `failures in ${failures?.currentFailedBoots} of ${current?.boots} boots, before in ${before}`;
    }
    case 'regressed':
    case 'improved':
      return `${changeText(latency)}: ${fromTo(comparison)}${phasesText(phases)}`;
    case 'unchanged':
      return `${changeText(latency)}: ${fromTo(comparison)}`;
    case 'inconclusive': {
      const more = moreBoots === undefined ? '' : `; about ${moreBoots} more boots a side would tell`;
      return latency ? `${changeText(latency)}: ${fromTo(comparison)}${more}` : `${base.label} has no good sample`;
    }
  }
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
