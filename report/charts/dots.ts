/** A dot of a drawing. Positions are shares of the drawing's width and height, 0 to 1. */
export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Grids to lay over a drawing, cells across its width, the finest first: a dot every 3 pixels, and coarser. */
const GRIDS = [290, 200, 140, 100, 70, 50, 35];

/**
 * Dots that lie on each other are drawn as one, because a page with thousands in each chart weighs megabytes. Returns the
 * first dot of each cell and how many it stands for, with the finest grid that leaves at most `limit`.
 */
export function mergeDots<Item extends Dot>(
  dots: readonly Item[],
  limit: number,
  heightToWidth: number,
): readonly { readonly dot: Item; readonly count: number }[] {
  let merged: readonly { dot: Item; count: number }[] = [];
  for (const columns of GRIDS) {
    const rows = Math.max(1, Math.round(columns * heightToWidth));
    const cells = new Map<number, { dot: Item; count: number }>();
    for (const dot of dots) {
      const cell = Math.floor(dot.x * columns) * (rows + 1) + Math.floor(dot.y * rows);
      const known = cells.get(cell);
      if (known) known.count += 1;
      else cells.set(cell, { dot, count: 1 });
    }
    merged = [...cells.values()];
    if (merged.length <= limit) break;
  }
  return merged;
}

/** The golden ratio's fractional part: multiples of it spread evenly, however many there are. */
const GOLDEN = 0.618034;

/** Where a dot lies across its row, -1 to 1: beside its neighbours instead of on them, and every time in the same place. */
export function jitterOf(order: number): number {
  return Math.round((((order * GOLDEN) % 1) * 2 - 1) * 100) / 100;
}
