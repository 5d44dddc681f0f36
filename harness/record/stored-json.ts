import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../result.ts';
import { withoutControls } from '../words.ts';
import { readText } from './read-file.ts';

/** Version of the run directory's files. Names and columns only ever grow within one version. */
export const SCHEMA_VERSION = 1;

/** Why a file of a run directory says nothing. */
export interface Unreadable {
  /** `missing`: there is no such file. `broken`: it is cut off or no JSON. `other`: it is not what its schema says. */
  readonly kind: 'missing' | 'broken' | 'other';
  /** A reason to leave its directory out, which it does not name: "its run.json is cut off or no JSON". */
  readonly reason: string;
}

/** What is null in a file, or not in an older one at all: undefined, or empty. */
export const storedNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);
export const storedText = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
export const storedTexts = z.array(z.string()).default([]);

/** A JSON file of a run directory, of this version. What is in it beside that is for its schema to say. */
export function readStoredJson(directory: string, name: string): Result<unknown, Unreadable> {
  const text = readText(join(directory, name));
  if (!text.ok && text.failure.isMissing) return fail({ kind: 'missing', reason: `it has no ${name}` });
  if (!text.ok) return other(`its ${name} cannot be read: ${text.failure.why}`);
  let stored: unknown;
  try {
    const parsed: unknown = JSON.parse(text.value);
    stored = ESCAPED.test(text.value) ? shown(parsed) : parsed;
  } catch {
    return fail({ kind: 'broken', reason: `its ${name} is cut off or no JSON` });
  }
  // First of all, because nothing else of another version can be expected to be as it is here.
  const version = (stored as { schema_version?: unknown } | null)?.schema_version;
  if (version === SCHEMA_VERSION) return ok(stored);
  return other(`its ${name} has schema_version ${JSON.stringify(version) ?? 'undefined'}, not ${SCHEMA_VERSION}`);
}

/** What can become a control character: of ten thousands of files nearly none has one, and looking at every text takes long. */
const ESCAPED = /\\[ubf]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** What is read is printed, by whom ever: nobody's file may rewrite a terminal. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') return withoutControls(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [withoutControls(key), shown(one)]));
}

/** For the user: what a reader of a directory lacks. */
export function unreadText(directory: string, name: string, { kind, reason }: Unreadable): string {
  return kind === 'missing' ? `${join(directory, name)} cannot be read: there is none` : `${directory}: ${reason}`;
}

/** The same, as its schema says it is. */
export function readStored<Value>(
  directory: string,
  name: string,
  schema: z.ZodType<Value>,
): Result<Value, Unreadable> {
  const stored = readStoredJson(directory, name);
  return stored.ok ? parseStored(stored.value, name, schema) : stored;
}

export function parseStored<Value>(stored: unknown, name: string, schema: z.ZodType<Value>): Result<Value, Unreadable> {
  const parsed = schema.safeParse(stored);
  return parsed.success ? ok(parsed.data) : other(`its ${name} is not as expected: ${issuesOf(parsed.error)}`);
}

function issuesOf(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ');
}

function other(reason: string): { readonly ok: false; readonly failure: Unreadable } {
  return fail({ kind: 'other', reason });
}
