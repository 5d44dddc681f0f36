import type { Comparison, LatencyComparison, PhaseChange } from './comparison.ts';
import { ERROR_BUDGET } from './error-budget.ts';
import type { Share } from './fisher.ts';

/** At most so many phases are named; the rest are in the comparison. */
const NAMED_PHASES = 3;

/** A few samples more that are slow are in every other run; from this p-value on they are told. */
const SLOW_WORTH_SAYING = 0.05;

/** Of a side with a latency of 0. */
export const NO_RATIO = 'a latency of 0 ms has no ratio to another';

/** Of two sides whose every sample failed. */
export const NEITHER_IS_GOOD = 'no good sample on either side';

/** The verdict in one sentence, with figures, for a person. */
export function reasonOf(comparison: Omit<Comparison, 'reason'>): string {
  const { verdict, base, latency, phases, differences } = comparison;
  switch (verdict) {
    case 'missing':
      return `${base.label} has it, this run does not`;
    case 'incomparable':
      return `measured under other conditions: ${differences.join('; ')}`;
    case 'failing':
      return failingText(comparison);
    case 'regressed':
    case 'improved': {
      const change = `${changeText(latency)}: ${fromTo(comparison)}${phasesText(phases)}`;
      const moreOften = moreOftenTexts(comparison);
      // What the verdict rests on comes first.
      const isOfSlow = (comparison.slow?.adjustedPValue ?? 1) <= ERROR_BUDGET.slow;
      return (isOfSlow ? [...moreOften, change] : [change, ...moreOften]).join('; ');
    }
    case 'unchanged':
      return latency ? `${changeText(latency)}: ${fromTo(comparison)}` : 'no sample is ok on either side, as expected';
    case 'undecided': {
      const change = latency ? `${changeText(latency)}: ${fromTo(comparison)}` : noGoodText(comparison);
      const busy = comparison.disturbed?.map((label) => `the host was busy during ${label}`) ?? [];
      const open = busy.length > 0 ? busy : detectableTexts(comparison);
      return [change, ...moreOftenTexts(comparison), ...open].join('; ');
    }
  }
}

/** What would have been found, and what it takes to find more. */
function detectableTexts({ latency, detect, moreBoots }: Omit<Comparison, 'reason'>): readonly string[] {
  const more = moreBoots === undefined ? [] : [`about ${moreBoots} more boots a side would tell`];
  if (!latency || detect === undefined || latency.detectableRatio === undefined) return more;
  if (latency.detectableRatio <= 1 + detect) return [];
  const found = `only a slowdown of ${percent(latency.detectableRatio - 1)} would surely have been found, not ${percent(detect)}`;
  if (moreBoots !== undefined || !latency.betweenRuns) return [found, ...more];
  const { sd, runs } = latency.betweenRuns;
  const differ = `runs of the same thing ${runs === 0 ? 'are taken to differ' : 'differ here'} by ${percent(sd)}`;
  return [found, `no number of boots would tell: ${differ} (from ${runs} earlier runs)`];
}

function noGoodText({ base, current }: Pick<Comparison, 'base' | 'current'>): string {
  if (base.medianMs !== undefined && current?.medianMs !== undefined) return NO_RATIO;
  if (base.medianMs === undefined && current?.medianMs === undefined) return NEITHER_IS_GOOD;
  return `${base.medianMs === undefined ? base.label : current?.label} has no good sample`;
}

function failingText(comparison: Omit<Comparison, 'reason'>): string {
  const { current } = comparison;
  if (current && current.samples === 0) return 'not tried in any boot any more: what comes before it failed in each';
  if (current && current.failures === current.samples) return `all ${current.samples} samples failed`;
  const isGone = current && !comparison.latency && current.medianMs === undefined;
  const gone = isGone ? [`no good sample any more: ${current.failures} of ${current.samples} failed`] : [];
  return [...gone, ...moreOftenTexts(comparison)].join('; ');
}

/** What happens more often than before, each with its figures. */
export function moreOftenTexts(
  comparison: Pick<Comparison, 'base' | 'current' | 'failures' | 'deadline' | 'slow'>,
): readonly string[] {
  return [...failureTexts(comparison), ...lateTexts(comparison), ...slowTexts(comparison)];
}

function failureTexts({
  base,
  current,
  failures,
}: Pick<Comparison, 'base' | 'current' | 'failures'>): readonly string[] {
  if (!failures || !current) return [];
  const [before, now] = [
    { count: failures.baseFailedBoots, total: base.boots },
    { count: failures.currentFailedBoots, total: current.boots },
  ];
  if (isLargerShare(before, now))
    return [`${now.count} of ${now.total} boots failed, before ${before.count} of ${before.total}`];
  const samples = [base, current].map(({ failures: count, samples: total }) => ({ count, total })) as [Share, Share];
  if (!isLargerShare(...samples)) return [];
  const [earlier, later] = samples;
  return [`${later.count} of ${later.total} samples failed, before ${earlier.count} of ${earlier.total}`];
}

function lateTexts({ deadline }: Pick<Comparison, 'deadline'>): readonly string[] {
  if (!deadline) return [];
  const { base, current, limitMs } = deadline;
  const [before, now] = [base, current].map(({ missed: count, samples: total }) => ({ count, total })) as [
    Share,
    Share,
  ];
  if (!isLargerShare(before, now)) return [];
  const missed = `${now.count} of ${now.total} samples missed the deadline of ${ms(limitMs)} ms`;
  return [`${missed}, before ${before.count} of ${before.total}`];
}

function slowTexts({ base, current, slow }: Pick<Comparison, 'base' | 'current' | 'slow'>): readonly string[] {
  if (!slow || !current || slow.adjustedPValue > SLOW_WORTH_SAYING) return [];
  const good = ({ samples, failures }: Comparison['base']) => samples - failures;
  const [before, now] = [
    { count: slow.baseSlow, total: good(base) },
    { count: slow.currentSlow, total: good(current) },
  ];
  if (!isLargerShare(before, now)) return [];
  const took = `${now.count} of ${now.total} samples took ${slow.ratio.toFixed(2)} times the median and more`;
  return [
    `${took}, before ${before.count} of ${before.total}; p90 ${ms(slow.baseP90Ms)} to ${ms(slow.currentP90Ms)} ms`,
  ];
}

function isLargerShare(before: Share, now: Share): boolean {
  return now.count * before.total > before.count * now.total;
}

/** `10.3 % slower (95 % interval 6.2 to 14.5 %)`. */
function changeText(latency: LatencyComparison | undefined): string {
  if (!latency) return '';
  const { value, ci95 } = latency.ratio;
  const size = percent(Math.abs(value - 1));
  const isSame = size === percent(0);
  const isSlower = isSame || value >= 1;
  const change = isSame ? 'as long as before' : `${size} ${isSlower ? 'slower' : 'faster'}`;
  if (!ci95) return change;
  const ends = ci95.map((ratio) => (isSlower ? ratio - 1 : 1 - ratio)).toSorted((a, b) => a - b);
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
  if (value === undefined) return 'unknown';
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
