/** Successive nights are counted so often as an assumed dependence is: a folder of many series soon says more than it does. */
const PRIOR_NIGHTS = 100;
/**
 * How alike successive nights are before anything is known of them: a host that is busy for two days, a guest image that is
 * built anew each week. A guess, which a folder of ten series has outgrown after a month.
 */
const PRIOR = 0.2;
/** More leaves nothing to compare: such nights drift. */
const MOST = 0.9;
/** Differences beyond so many times their median are brought in: a step or a spike is no scatter. */
const FAR_OUT = 4.5;

/**
 * The correlation of successive nights, as the series of one host show it together. A single series of some weeks knows its
 * own only to about 0.2, which is too little: nights with a correlation of 0.5 wander up and down like steps.
 *
 * From the products of successive differences, whose correlation is -(1 - r) / 2 where nights are correlated by r and by its
 * powers further away (AR(1)): a step is one difference among many, so that changes do not look like correlation.
 *
 * Assumption: what makes nights alike is the host, and so the same for its series. Limit: one series that wanders alone among
 * many that do not is taken for a change of level.
 *
 * @param series natural logarithms of the nights' latencies, in order of time
 */
export function nightDependence(series: readonly (readonly number[])[]): number {
  let sum = PRIOR_NIGHTS * PRIOR;
  let nights = PRIOR_NIGHTS;
  for (const values of series) {
    const differences = values.slice(1).map((value, index) => value - (values[index] as number));
    const median = differences.map(Math.abs).sort((a, b) => a - b)[differences.length >> 1] ?? 0;
    if (median === 0 || differences.length < 3) continue;
    const most = FAR_OUT * median;
    const brought = differences.map((difference) => Math.max(-most, Math.min(most, difference)));
    const products = brought.slice(1).reduce((all, next, index) => all + next * (brought[index] as number), 0);
    const squares = brought.reduce((all, one) => all + one * one, 0);
    const pairs = brought.length - 1;
    sum += pairs * (1 + (2 * products * brought.length) / (squares * pairs));
    nights += pairs;
  }
  return Math.max(0, Math.min(MOST, sum / nights));
}

/**
 * How much larger the variance of a mean of `count` nights is than if they were independent, in an AR(1) process (Anderson
 * 1971, The Statistical Analysis of Time Series, 8.3).
 */
export function meanInflation(dependence: number, count: number): number {
  const far = (1 + dependence) / (1 - dependence);
  return far - (2 * dependence * (1 - dependence ** count)) / (count * (1 - dependence) ** 2);
}
