import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../result.ts';

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
  let text: string;
  try {
    text = readFileSync(join(directory, name), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return fail({ kind: 'missing', reason: `it has no ${name}` });
    return other(`its ${name} cannot be read: ${code}`);
  }
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return fail({ kind: 'broken', reason: `its ${name} is cut off or no JSON` });
  }
  // First of all, because nothing else of another version can be expected to be as it is here.
  const version = (stored as { schema_version?: unknown } | null)?.schema_version;
  if (version === SCHEMA_VERSION) return ok(stored);
  return other(`its ${name} has schema_version ${JSON.stringify(version) ?? 'undefined'}, not ${SCHEMA_VERSION}`);
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
