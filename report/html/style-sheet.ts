import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Parts of the style sheet, each file about one thing. A later one may refine what an earlier one says. */
const PARTS = ['colours', 'page', 'top', 'tables', 'figures', 'machines', 'narrow', 'versions', 'print'];

/** The page's style sheet as one text, without the indentation and line ends that only its authors need. */
export async function styleSheet(root: string): Promise<string> {
  const read = (part: string) => readFile(join(root, 'report', 'html', 'style', `${part}.css`), 'utf8');
  const parts = await Promise.all(PARTS.map(read));
  return parts.join('\n').replaceAll(/\n\s*/g, '\n').trim();
}
