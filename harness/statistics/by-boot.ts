/**
 * Values per boot, both in order of execution; no boot is empty. Samples of one boot share its fate and are not
 * independent, so everything that speaks of chance takes them like this and never as one heap.
 */
export type ByBoot = readonly (readonly number[])[];

/** All values with the place of their boot, the smallest first: what quantiles are read from, sorted only once. */
export interface SortedValues {
  readonly values: number[];
  /** Index of the boot of each value. */
  readonly boots: readonly number[];
}

export function sortByValue(boots: ByBoot): SortedValues {
  const all = boots.flatMap((values, boot) => values.map((value) => ({ value, boot })));
  all.sort((a, b) => a.value - b.value);
  return { values: all.map(({ value }) => value), boots: all.map(({ boot }) => boot) };
}
