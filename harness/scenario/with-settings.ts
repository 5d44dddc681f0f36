import { isMap, parseDocument } from 'yaml';
import { fail, ok, type Result } from '../result.ts';
import type { Setting } from './two-sides.ts';

/**
 * The text of a scenario all of whose variants have these settings, whatever they have of their own. The failure is a text
 * for the user.
 */
export function withSettings(source: string, settings: readonly Setting[]): Result<string, string> {
  const document = parseDocument(source);
  // What is wrong with the file as it is, is told by reading it.
  if (document.errors.length > 0 || !isMap(document.contents)) return ok(source);
  // A value of an axis would count more than that of --set, and nobody would see it.
  if (document.has('matrix')) return fail('--set cannot change the variants of a "matrix"');
  const variants = document.get('variants');
  if (!isMap(variants)) return ok(source);
  for (const item of variants.items) {
    const own = isMap(item.value) ? item.value : document.createNode({});
    for (const { path, value } of settings) own.setIn(path, document.createNode(value));
    item.value = own;
  }
  return ok(document.toString());
}
