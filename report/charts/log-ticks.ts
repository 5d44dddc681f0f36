/**
 * Ticks for a logarithmic axis over these values: 1, 2 and 5 times powers of ten, or the powers alone over many of them.
 * Undefined, which leaves it to Vega, where the values lie within so little that a linear axis would do as well.
 */
export function logTicks(values: readonly number[]): number[] | undefined {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (!(low > 0) || high / low < MIN_RATIO) return undefined;
  const steps = high / low > MANY_DECADES ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const step of steps) if (step * power >= low * 0.7 && step * power <= high * 1.4) ticks.push(step * power);
  }
  return ticks;
}

const MIN_RATIO = 6;
const MANY_DECADES = 1e5;
