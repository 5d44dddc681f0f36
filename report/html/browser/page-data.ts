import type { PageData } from '../page-data.ts';

/** What the charts are made of: JSON, packed because it would be a quarter of the page. */
export async function readPageData(): Promise<PageData> {
  const packed = atob(document.getElementById('page-data')?.textContent ?? '');
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as PageData;
}
