import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../harness/result.ts';
import { type FactsJson, factsJson, type RunJson, runJson, type SummaryJson, summaryJson } from './parse-files.ts';
import { type NamedSample, parseSamples } from './samples.ts';

/** The files of a run directory that a report is made from. */
export interface RunFiles {
  readonly directory: string;
  readonly run: RunJson;
  readonly summary: SummaryJson;
  readonly facts: FactsJson;
  readonly samples: readonly NamedSample[];
  /** Files that are not there or not as they should be, and what the report lacks for it. */
  readonly missing: readonly string[];
}

/** Reads them. Without a `run.json` there is nothing to report; any other file that is missing leaves a gap. */
export async function readRunFiles(directory: string): Promise<Result<RunFiles, string>> {
  const run = await readJson(directory, 'run.json', runJson);
  if (!run.ok) return fail(`${run.failure}; a run directory was expected, such as results/latest`);
  const missing: string[] = [];
  const orElse = <Value>(read: Result<Value, string>, otherwise: Value) => {
    if (read.ok) return read.value;
    missing.push(read.failure);
    return otherwise;
  };
  const summary = await readJson(directory, 'summary.json', summaryJson);
  const facts = await readJson(directory, 'facts.json', factsJson);
  const samples = await readSamples(directory);
  return ok({
    directory,
    run: run.value,
    summary: orElse(summary, { operations: [], fits: [], bursts: [], races: [], versions: [], comparisons: [] }),
    facts: orElse(facts, { variants: [] }),
    samples: orElse(samples, []),
    missing,
  });
}

async function readJson<Value>(
  directory: string,
  name: string,
  schema: z.ZodType<Value>,
): Promise<Result<Value, string>> {
  const file = join(directory, name);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return fail(`${file} cannot be read`);
  const parsed = schema.safeParse(tryJson(text));
  return parsed.success ? ok(parsed.data) : fail(`${file}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

async function readSamples(directory: string): Promise<Result<readonly NamedSample[], string>> {
  const file = join(directory, 'samples.csv');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return fail(`${file} cannot be read`);
  try {
    return ok(parseSamples(text));
  } catch (error) {
    return fail(`${file}: ${(error as Error).message}`);
  }
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
