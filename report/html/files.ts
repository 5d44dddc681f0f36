import { linkTo } from '../model/links.ts';
import { html, type Markup } from './markup.ts';

/** A file of a run: a link where the page lies beside it. */
export function fileLink(path: string, isHome: boolean, name = path): Markup {
  return isHome ? html`<a href=${linkTo(path)}>${name}</a>` : html`<code>${name}</code>`;
}

export function filesLine(files: readonly string[], isHome: boolean): Markup {
  return html`
    <p class="rows">Rows: ${files.map((file, index) => html`${index > 0 && ', '}${fileLink(file, isHome)}`)}</p>
  `;
}
