/** How a variant is drawn, in every chart the same. */
export interface Style {
  /** A colour of the page's style sheet, which differs between its light and its dark look. */
  readonly colour: string;
  /** A Vega symbol: where colours repeat, shapes tell the variants apart. */
  readonly shape: string;
  readonly dash: readonly number[];
}

/**
 * Eight hues after Okabe and Ito (2008), which people with any colour vision can tell apart; style/colours.css has them as --v0 to
 * --v7 in two lightnesses. More than eight are not distinguishable, so the next eight have another shape and dash.
 */
const HUES = 8;
const SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down'] as const;
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 6]];

/**
 * Which of the looks a variant has, as a number for `styleOf`: by its place among the variants' names, and where there are
 * several runs the same hue in each and a shape for each.
 */
export function lookOf(place: number, run: number, runs: number): number {
  return (place % HUES) + HUES * (Math.floor(place / HUES) * runs + run);
}

export function styleOf(look: number): Style {
  const round = Math.floor(look / HUES);
  return {
    colour: `var(--v${look % HUES})`,
    shape: SHAPES[round % SHAPES.length] ?? 'circle',
    dash: DASHES[round % DASHES.length] ?? [],
  };
}

export const KIND_FILL = {
  'fixed-wait': 'url(#fixed-wait)',
  guest: 'var(--guest)',
  host: 'var(--host)',
} as const;

export const KIND_WORDS = {
  'fixed-wait': 'fixed wait in a guest driver',
  guest: 'work in the guest',
  host: 'QEMU and the harness',
} as const;

/** An outcome of a plug during the boot: `ok`, and the guest has never heard of a hot-plug. */
export const FOUND_BY_SCAN = "ok, found by the guest's own scan";

const OUTCOME_COLOURS: Readonly<Record<string, string>> = {
  ok: 'var(--v2)',
  [FOUND_BY_SCAN]: 'var(--v5)',
  timeout: 'var(--v4)',
  lost: 'var(--v0)',
  vanished: 'var(--v3)',
  crashed: 'var(--v1)',
  'guest-panic': 'var(--v6)',
};

/** Colour of an outcome; grey for the rarer ones, which the text beside it names. */
export function outcomeColour(outcome: string): string {
  return OUTCOME_COLOURS[outcome] ?? 'var(--v7)';
}
