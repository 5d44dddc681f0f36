import { z } from 'zod';
import { FORMER_NAMES } from '../machine/topology/former-names.ts';
import { fail, ok, type Result } from '../result.ts';
import { didYouMean, listWords, quote } from '../words.ts';
import {
  expectedKeys,
  expectedWords,
  isMapValue,
  type JsonSchema,
  knownKeys,
  knownWords,
  member,
  nameSchemas,
  schemasAt,
} from './expected-words.ts';
import { withoutReferences } from './json-schema.ts';
import type { Finding, Path } from './yaml/problem.ts';

type Issue = z.core.$ZodIssue;

/** What zod says of a custom rule without words of its own. */
const ZOD_NO_MESSAGE = 'Invalid input';

/**
 * Checks a value against a schema. What is wrong comes from the issues zod finds, what was expected from the schema
 * itself, so that a new topology or device needs no messages of its own.
 *
 * @param textOf how the file writes the scalar at a path, where it is not the value itself (1e999, 0x10)
 */
export function checkData<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
  textOf: (path: Path) => string | undefined,
): Result<Value, readonly Finding[]> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const data = { jsonSchema: jsonSchemaOf(schema), value, textOf };
  return fail(leafIssues(parsed.error.issues, []).flatMap((leaf) => findings(leaf, data)));
}

/** A schema as data takes some milliseconds to make, and many files may be checked against one. */
const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = jsonSchemas.get(schema) ?? withoutReferences(z.toJSONSchema(schema, { io: 'input' }));
  jsonSchemas.set(schema, made);
  return made;
}

/** What was checked, and against what. */
interface Data {
  readonly jsonSchema: JsonSchema;
  readonly value: unknown;
  readonly textOf: (path: Path) => string | undefined;
}

function findings({ issue, path }: PlacedIssue, data: Data): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, data));
  if (issue.code === 'invalid_key') return [invalidName(path, data)];
  const found = at(data.value, path);
  return found === undefined ? missing(path, data) : [wrongValue(path, found, ownWords(issue), data)];
}

function wrongValue(path: Path, found: unknown, ownExpected: string | undefined, data: Data): Finding {
  const schemas = schemasAt(data.jsonSchema, data.value, path);
  const wrong = `${label(path)} is ${shown(found, data.textOf(path))}`;
  const renamed = typeof found === 'string' && path.includes('topology') ? FORMER_NAMES.get(found) : undefined;
  if (renamed) return { path, at: 'value', wrong, expected: `${renamed.now}, which it is called now: ${renamed.why}` };
  const expected = ownExpected ?? expectedWords(schemas);
  const meant = typeof found === 'string' ? didYouMean(found, knownWords(schemas)) : {};
  return { path, at: 'value', wrong, expected, ...meant };
}

function unknownKey(path: Path, key: string, { jsonSchema, value }: Data): Finding {
  const map = at(value, path);
  const schemas = schemasAt(jsonSchema, value, path);
  const wrong = `unknown key ${quote(key)} in ${label(path)}`;
  const expected = expectedKeys(schemas, map);
  return { path: [...path, key], at: 'key', wrong, expected, ...didYouMean(key, knownKeys(schemas, map)) };
}

function invalidName(path: Path, { jsonSchema, value }: Data): Finding {
  const map = path.slice(0, -1);
  const names = nameSchemas(schemasAt(jsonSchema, value, map), at(value, map));
  const wrong = `the key ${quote(String(path.at(-1)))} in ${label(map)}`;
  return { path, at: 'key', wrong, expected: expectedWords(names) };
}

/** Where a key is missing, it may be there under a name that zod did not get to look at. */
function missing(path: Path, data: Data): readonly Finding[] {
  const mapPath = path.slice(0, -1);
  const map = at(data.value, mapPath);
  const known = knownKeys(schemasAt(data.jsonSchema, data.value, mapPath), map);
  const unknown = isMapValue(map) ? Object.keys(map).filter((key) => !known.includes(key)) : [];
  const wrong = `${label(path)} is missing in ${label(mapPath)}`;
  const expected = expectedWords(schemasAt(data.jsonSchema, data.value, path));
  return [{ path: mapPath, at: 'value', wrong, expected }, ...unknown.map((key) => unknownKey(mapPath, key, data))];
}

/** A rule that JSON Schema cannot express says in its own message what it expects. */
function ownWords({ code, message }: Issue): string | undefined {
  return code === 'custom' && message !== ZOD_NO_MESSAGE ? message : undefined;
}

interface PlacedIssue {
  readonly issue: Issue;
  readonly path: Path;
}

/**
 * Of a union's branches, only one that is meant tells more than the union itself: the one whose outer type fits, and of
 * several the one that knows more of a map's keys than the others.
 */
function leafIssues(issues: readonly Issue[], base: Path): readonly PlacedIssue[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
    const fitting = issue.code === 'invalid_union' ? issue.errors.filter((branch) => !branch.some(isOtherType)) : [];
    const least = Math.min(...fitting.map(unknownKeys));
    const meant = fitting.filter((branch) => unknownKeys(branch) === least);
    const [only, ...others] = meant;
    return only && others.length === 0 ? leafIssues(only, path) : [{ issue, path }];
  });
}

function unknownKeys(branch: readonly Issue[]): number {
  const ofItself = branch.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  return ofItself.length;
}

function isOtherType({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union');
}

function at(value: unknown, path: Path): unknown {
  return path.reduce(member, value);
}

function label(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the scenario';
  return typeof last === 'number' ? `item ${last + 1} of ${label(path.slice(0, -1))}` : quote(last);
}

function shown(value: unknown, text: string | undefined): string {
  if (value === null) return 'empty';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (!isMapValue(value)) return text ?? String(value);
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty map' : `a map with ${listWords(keys.slice(0, 3).map(quote), 'and')}`;
}
