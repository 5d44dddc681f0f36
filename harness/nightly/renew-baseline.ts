import { readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Baseline } from '../history/baselines.ts';
import { basicTimestamp } from '../record/run-directory.ts';
import { readRunHead } from '../record/run-file.ts';

/**
 * Keeps a baseline that nothing can be compared with any more under a name that says until when it was the one. It is a
 * copy: until another run has taken its place the baseline stays, or a job that is killed meanwhile would lose it.
 */
export async function keepAside({ name, hostKey, directory }: Baseline, now: Date): Promise<Baseline> {
  const aside = `${name}-until-${basicTimestamp(now)}`;
  const kept = join(dirname(directory), aside);
  await cp(directory, kept, { recursive: true, dereference: true });
  return { name: aside, hostKey, directory: kept };
}

/** Undoes it, when nothing has taken its place. */
export async function removeAside({ directory }: Baseline): Promise<void> {
  await rm(directory, { recursive: true });
}

/** Id of the run in a baseline's place; empty where none can be read. */
export function runIn({ directory }: Baseline): string {
  const read = readRunHead(directory);
  return read.ok ? read.value.run_id : '';
}

/**
 * Whether none of these scenarios is in the baseline. Then it was not an update that lets nothing be compared, but the
 * question that is another one, and the baseline is somebody else's.
 */
export function isOfOtherScenarios(baseline: Baseline, files: readonly string[]): boolean {
  const read = readRunHead(baseline.directory);
  const stored = read.ok ? read.value.scenarios.map(({ name }) => name) : [];
  const own = files.flatMap((file) => {
    try {
      return [String(parseDocument(readFileSync(file, 'utf8')).get('name'))];
    } catch {
      return [];
    }
  });
  return stored.length > 0 && own.length > 0 && !own.some((name) => stored.includes(name));
}
