import type { VariantPart } from '../model/report-model.ts';
import { styleOf } from '../palette.ts';
import { html, type Markup } from './markup.ts';

/** Shapes as in the charts, for the names beside them: a path in a box of 12 by 12. */
const PATHS: Readonly<Record<string, string>> = {
  circle: 'M6,1a5,5 0 1,1 -0.01,0Z',
  'triangle-up': 'M6,1L11.5,11H0.5Z',
  square: 'M1.5,1.5h9v9h-9Z',
  diamond: 'M6,0.5L11.5,6L6,11.5L0.5,6Z',
  cross: 'M4,1h4v3h3v4h-3v3h-4v-3h-3v-4h3Z',
  'triangle-down': 'M6,11L11.5,1H0.5Z',
};

/** What `glyph` refers to; a page has hundreds of them. Two hyphens: no anchor of a name has them. */
export function glyphSymbols(): Markup {
  return html`${Object.entries(PATHS).map(
    ([shape, path]) => html`<symbol id=${`glyph--${shape}`} viewBox="0 0 12 12"><path d=${path} /></symbol>`,
  )}`;
}

/** The colour and shape of a variant. */
export function glyph({ look }: Pick<VariantPart, 'look'>): Markup {
  const { colour, shape } = styleOf(look);
  return html`<svg class="glyph" fill=${colour} aria-hidden="true"><use href=${`#glyph--${shape}`} /></svg>`;
}
