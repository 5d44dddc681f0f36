/**
 * Ticks for a logarithmic axis over these values: 1, 2 and 5 times powers of ten, the powers alone over many of them, and
 * more where the values are close to each other, down to steps as of a linear axis. Vega's own are without labels over
 * less than a power of ten. Undefined, which leaves it to Vega, where there is no logarithm.
 */
export function logTicks(values: readonly number[]): number[] | undefined {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (!(low > 0) || high < low) return undefined;
  if (high / low < CLOSE) return linearTicks(low, high);
  const steps = high / low > MANY_DECADES ? [1] : high / low < FEW_TICKS ? [1, 1.5, 2, 3, 4, 5, 7] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const step of steps) if (step * power >= low * 0.7 && step * power <= high * 1.4) ticks.push(step * power);
  }
  return ticks;
}

/** Ratios of the greatest value to the least. */
const CLOSE = 2;
const FEW_TICKS = 6;
const MANY_DECADES = 1e5;

/** Multiples of 1, 2 or 5 times a power of ten, about six of them. */
function linearTicks(low: number, high: number): number[] {
  const [least, most] = [low * (1 - MARGIN), high * (1 + MARGIN)];
  const rough = (most - least) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(least / step);
  const count = Math.floor(most / step) - first + 1;
  // Without the errors of sums, which would be read.
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** What an axis shows at the least on either side of its values: beside less, nothing looks like something. */
const MARGIN = 0.01;

/** The ends of a logarithmic axis, where its values are too close to each other for ends of their own. */
export function logEnds(values: readonly number[]): { readonly domainMin?: number; readonly domainMax?: number } {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (!(low > 0) || high < low || high / low > 1 + 2 * MARGIN) return {};
  return { domainMin: low * (1 - MARGIN), domainMax: high * (1 + MARGIN) };
}
