import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import type { Scenario } from '../variant.ts';
import { quote } from '../words.ts';
import { type ReadScenario, readScenario } from './parse.ts';
import { type Problem, tidyProblems } from './yaml/problem.ts';

/** A scenario of a hundred variants has some ten thousand bytes. */
const MAX_FILE_BYTES = 256 * 1024;

/**
 * Reads and checks scenario files. All files are read, and every problem in all of them is reported: in the order of
 * the files, and within a file in the order of its lines.
 *
 * @param rewritten what is read instead of a file's text; the failure is a text for the user
 * @returns the scenarios in the order of the files, or at least one problem; never rejects for anything about a file
 */
export async function loadScenarioFiles(
  files: readonly string[],
  rewritten: (file: string, source: string) => Result<string, string> = (_, source) => ok(source),
): Promise<Result<readonly Scenario[], readonly Problem[]>> {
  const texts = await Promise.all(files.map(readText));
  const firstWithName = new Map<string, string>();
  const scenarios: Scenario[] = [];
  const problems: Problem[] = [];
  for (const [index, file] of files.entries()) {
    const text = texts[index];
    if (text === undefined || !text.ok) {
      problems.push(...(text?.failure ?? []));
      continue;
    }
    const source = rewritten(file, text.value);
    if (!source.ok) {
      problems.push({ file, line: 1, column: 1, wrong: source.failure, expected: 'a scenario with variants' });
      continue;
    }
    const read = readScenario(file, source.value);
    const found = [...read.problems, ...(await missingFiles(file, read)), ...takenName(read, firstWithName)];
    problems.push(...tidyProblems(found));
    if (read.name && !firstWithName.has(read.name.text)) firstWithName.set(read.name.text, file);
    if (read.scenario) scenarios.push(read.scenario);
  }
  return problems.length > 0 ? fail(problems) : ok(scenarios);
}

async function readText(file: string): Promise<Result<string, readonly Problem[]>> {
  const unusable = (wrong: string) => fail([{ file, line: 1, column: 1, wrong, expected: 'a scenario file' }]);
  const stats = await stat(file).catch(reason);
  if (typeof stats === 'string') return unusable(`cannot read it: ${stats}`);
  if (!stats.isFile()) return unusable(stats.isDirectory() ? 'this is a directory' : 'this is not a regular file');
  if (stats.size > MAX_FILE_BYTES) return unusable(`${stats.size} bytes, more than the ${MAX_FILE_BYTES} allowed`);
  const bytes = await readFile(file).catch(reason);
  if (typeof bytes === 'string') return unusable(`cannot read it: ${bytes}`);
  return isUtf8(bytes) ? ok(bytes.toString('utf8')) : unusable('this is not UTF-8 text');
}

async function missingFiles(file: string, { hostFiles }: ReadScenario): Promise<readonly Problem[]> {
  const problems = hostFiles.map(async ({ place, kind, named }) => {
    const absolute = resolve(dirname(file), named);
    const found = await stat(absolute).catch(reason);
    if (typeof found !== 'string' && found.isDirectory() === (kind === 'directory')) return [];
    const why = typeof found === 'string' ? found : `it is not a ${kind}`;
    return [{ ...place, wrong: `cannot use ${quote(named)}: ${why}`, expected: `a ${kind} at ${absolute}` }];
  });
  return (await Promise.all(problems)).flat();
}

function takenName({ name }: ReadScenario, firstWithName: ReadonlyMap<string, string>): readonly Problem[] {
  const other = name && firstWithName.get(name.text);
  if (name === undefined || other === undefined) return [];
  const wrong = `the scenario name ${quote(name.text)} is already that of ${other}`;
  return [{ ...name.place, wrong, expected: 'a name of its own for each scenario' }];
}

/** What the operating system says, without the call and the path that Node adds. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
