/**
 * P-values corrected for being looked at together: the probability that any of them falls below a level by chance alone is
 * at most that level, whatever their dependence (Holm 1979, Scand. J. Stat. 6). In the order given.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).toSorted((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[index] as number)));
    adjusted[index] = largest;
  });
  return adjusted;
}
