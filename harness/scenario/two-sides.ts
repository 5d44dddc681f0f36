import { isMap, isScalar, parse, parseDocument, YAMLMap } from 'yaml';
import { fail, ok, type Result } from '../result.ts';

/** One thing that a side has otherwise: `guest/kernel=patched`. */
export interface Setting {
  /** Keys from a variant down. Not with dots between, since names of kernel parameters have some. */
  readonly path: readonly string[];
  /** As YAML reads it. */
  readonly value: unknown;
}

/** What each side has otherwise than the scenario says; an empty one is the scenario as it is. */
export interface TwoSides {
  readonly a: readonly Setting[];
  readonly b: readonly Setting[];
}

/** What a variant's name ends with on each side. */
export const SIDE_ENDINGS = { a: '-a', b: '-b' } as const;

/** Reads `guest/kernel=patched guest/cpus=2`. Undefined for a text that is not like that. */
export function readSettings(text: string): readonly Setting[] | undefined {
  const settings = text.split(/\s+/).map((one): Setting | undefined => {
    const [, path = '', value = ''] = /^([^=]+)=(.*)$/.exec(one) ?? [];
    try {
      return path === '' ? undefined : { path: path.split('/'), value: parse(value) };
    } catch {
      return undefined;
    }
  });
  return settings.every((one) => one !== undefined) ? settings : undefined;
}

/**
 * The text of a scenario in which each variant is there twice, once for each side: what the sides differ by is then measured in
 * one run, its boots interleaved, with nothing between them that runs differ by. It has no reference and no fits: each variant
 * is compared with itself on the other side.
 *
 * The failure is a text for the user.
 */
export function twoSidedText(file: string, source: string, sides: TwoSides): Result<string, string> {
  const document = parseDocument(source);
  // What is wrong with the file as it is, is told by reading it.
  if (document.errors.length > 0 || !isMap(document.contents)) return ok(source);
  const variants = document.get('variants');
  if (!isMap(variants) || variants.items.length === 0)
    return fail(`${file}: it has no "variants" to measure on two sides. Those of a matrix have to be written out`);
  const doubled = new YAMLMap();
  for (const { key, value } of variants.items) {
    const name = String(isScalar(key) ? key.value : key);
    for (const side of ['a', 'b'] as const) {
      const own = document.createNode(isMap(value) ? value.toJS(document) : {}) as YAMLMap;
      for (const { path, value: setting } of sides[side]) own.setIn(path, document.createNode(setting));
      doubled.set(`${name}${SIDE_ENDINGS[side]}`, own);
    }
  }
  document.set('variants', doubled);
  document.set('name', `${document.get('name')}-ab`);
  for (const key of ['reference', 'fit', 'matrix']) document.delete(key);
  return ok(document.toString());
}
