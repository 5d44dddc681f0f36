/** The golden ratio's fractional part: multiples of it spread evenly, however many there are. */
const GOLDEN = 0.618034;

/** Where a dot lies across its row, -1 to 1: beside its neighbours instead of on them, and every time in the same place. */
export function jitterOf(order: number): number {
  return Math.round((((order * GOLDEN) % 1) * 2 - 1) * 100) / 100;
}
