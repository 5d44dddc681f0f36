import type { z } from 'zod';
import { listWords } from '../words.ts';
import type { Path } from './yaml/problem.ts';

/** A schema as data: what messages about wrong values are made from, whichever file the schema comes from. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schemas that a value at a path below `value` has to satisfy; none for a place the schema does not know. */
export function schemasAt(schema: JsonSchema, value: unknown, path: Path): readonly JsonSchema[] {
  const [key, ...rest] = path;
  if (key === undefined) return [schema];
  return alternatives(schema, value).flatMap((alternative) => {
    const next =
      typeof key === 'number' ? alternative.items : (ownSchema(alternative, key) ?? alternative.additionalProperties);
    return isSchema(next) ? schemasAt(next, member(value, key), rest) : [];
  });
}

/** What would be right, in words: "a whole number from 1 to 255", "null-co or a map with file". */
export function expectedWords(schemas: readonly JsonSchema[]): string {
  return listWords([...new Set(schemas.flatMap(words))], 'or');
}

/** The keys a map may have. */
export function knownKeys(schemas: readonly JsonSchema[], value: unknown): readonly string[] {
  const keys = schemas.flatMap((schema) =>
    alternatives(schema, value).flatMap(({ properties = {} }) => Object.keys(properties)),
  );
  return [...new Set(keys)];
}

/** What the names in a map have to be like, where it may choose them. */
export function nameSchemas(schemas: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  return schemas
    .flatMap((schema) => alternatives(schema, value).map(({ propertyNames }) => propertyNames))
    .filter(isSchema);
}

/** The keys a map may have in words, or what the map as a whole is meant to be where the schema says so. */
export function expectedKeys(schemas: readonly JsonSchema[], value: unknown): string {
  const titles = schemas.flatMap((schema) => alternatives(schema, value).map(({ title }) => title));
  const keys = knownKeys(schemas, value);
  return titles.find((title) => title !== undefined) ?? (keys.length === 0 ? 'no keys' : listWords(keys, 'or'));
}

/** The fixed values there are: what a mistyped word may have been meant to be. */
export function knownWords(schemas: readonly JsonSchema[]): readonly string[] {
  const fixed = schemas.flatMap((schema) => alternatives(schema, undefined).flatMap(fixedValues));
  return fixed.filter((word) => typeof word === 'string');
}

export function isMapValue(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function member(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isMapValue(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * The branches of a union. Of a map, only those for maps; of them those whose fixed keys the map agrees with, and if it
 * lacks one, those that can do without; and of several those that know the most of its keys.
 */
function alternatives(schema: JsonSchema, value: unknown): readonly JsonSchema[] {
  const nested = branchesOf(schema).flatMap((branch) => alternatives(branch, value));
  if (nested.length === 0) return [schema];
  if (!isMapValue(value)) return nested;
  const forMaps = nested.filter(({ type }) => type === 'object');
  const agreeing = forMaps.filter((branch) =>
    fixedKeys(branch).every(([key, fixed]) => member(value, key) === undefined || member(value, key) === fixed),
  );
  const complete = agreeing.filter((branch) =>
    fixedKeys(branch).every(([key]) => member(value, key) !== undefined || !branch.required?.includes(key)),
  );
  const possible = [complete, agreeing, forMaps].find((branches) => branches.length > 0) ?? [];
  const most = Math.max(...possible.map((branch) => keysKnown(branch, value)));
  return possible.filter((branch) => keysKnown(branch, value) === most);
}

function keysKnown(branch: JsonSchema, value: Readonly<Record<string, unknown>>): number {
  return Object.keys(value).filter(
    (key) => ownSchema(branch, key) !== undefined || isSchema(branch.additionalProperties),
  ).length;
}

function fixedKeys({ properties = {} }: JsonSchema): readonly (readonly [string, unknown])[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    const fixed = isSchema(property) ? property.const : undefined;
    return fixed === undefined ? [] : [[key, fixed] as const];
  });
}

function branchesOf({ anyOf = [], oneOf = [] }: JsonSchema): readonly JsonSchema[] {
  return [...anyOf, ...oneOf].filter(isSchema);
}

function words(schema: JsonSchema): readonly string[] {
  if (schema.title !== undefined) return [schema.title];
  const branches = branchesOf(schema);
  if (branches.length > 0) return branches.flatMap(words);
  const fixed = fixedValues(schema);
  if (fixed.length > 0) return fixed.map(String);
  const kind = kindWords(schema);
  return [schema.description === undefined || schema.type === 'object' ? kind : `${kind} (${schema.description})`];
}

function kindWords(schema: JsonSchema): string {
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'nothing';
    case 'array':
      return 'a list';
    case 'object': {
      const keys = Object.keys(schema.properties ?? {});
      return keys.length === 0 ? 'a map' : `a map with ${listWords(keys, 'and')}`;
    }
    default:
      return schema.pattern === undefined ? 'text' : `text that matches ${schema.pattern}`;
  }
}

/** The JSON Schema of an integer without limits of its own carries those of a double. */
function range({ minimum, maximum }: JsonSchema): string {
  const from = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` from ${from} up`;
  return to === undefined ? '' : ` up to ${to}`;
}

function fixedValues(schema: JsonSchema): readonly unknown[] {
  return schema.const === undefined ? (schema.enum ?? []) : [schema.const];
}

function ownSchema({ properties = {} }: JsonSchema, key: string): unknown {
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function isSchema(found: unknown): found is JsonSchema {
  return isMapValue(found);
}
