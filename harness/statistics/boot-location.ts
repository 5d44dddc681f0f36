import type { ByBoot } from './by-boot.ts';

/** Up to this many samples a boot, all their means are taken; beyond it, the median is nearly as good and much cheaper. */
const MAX_FOR_PAIRS = 32;

/**
 * One number for each boot: where its positive values lie on the logarithmic scale. It is the median of the means of all
 * pairs, each value with itself included (Hodges and Lehmann 1963, Ann. Math. Stat. 34). Of four samples it ignores a
 * single spike like the median, and scatters less: 4.0 % instead of 4.1 % at 3 % between boots and 5 % within, where the
 * mean, which a spike moves, would have 3.9 %.
 */
export function bootLocations(boots: ByBoot): Float64Array {
  return Float64Array.from(boots, (values) => location(values.map(Math.log)));
}

function location(logs: readonly number[]): number {
  if (logs.length > MAX_FOR_PAIRS) return middle(Float64Array.from(logs));
  const means = new Float64Array((logs.length * (logs.length + 1)) / 2);
  let next = 0;
  for (let i = 0; i < logs.length; i++) {
    for (let j = i; j < logs.length; j++) means[next++] = ((logs[i] as number) + (logs[j] as number)) / 2;
  }
  return middle(means);
}

/** Sorts in place. */
function middle(values: Float64Array): number {
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 === 1
    ? (values[half] as number)
    : ((values[half - 1] as number) + (values[half] as number)) / 2;
}
