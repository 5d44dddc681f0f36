import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFolder } from '../record/copy-folder.ts';
import { fail, ok, type Result } from '../result.ts';
import { readFinishedRun } from './finished-run.ts';
import { BASELINES_FOLDER } from './run-directories.ts';

/**
 * A run that later ones are compared with: `<results>/baselines/<host key>/<name>`, a whole run directory or a link to
 * one. It is a copy, so that it stays when its run is pruned or removed by hand.
 */
export interface Baseline {
  readonly name: string;
  readonly hostKey: string;
  readonly directory: string;
}

/** What makes two hosts the same: the part of the host's fingerprint that no update changes. */
export interface HostIdentity {
  readonly hostname: string;
  readonly cpuModel: string;
  readonly cores: number;
}

const KEY_DIGITS = 8;
const NAME = /^[A-Za-z0-9][\w.-]*$/;
/** One that is about to be replaced. */
const REPLACED = /^\.([A-Za-z0-9][\w.-]*)\.old$/;

/** Safe as a file name, and the host's name is to be seen in it. */
export function hostKey({ hostname, cpuModel, cores }: HostIdentity): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([hostname, cpuModel, cores]))
    .digest('hex');
  const readable = hostname.replaceAll(/[^A-Za-z0-9-]+/g, '-').replace(/^-+/, '') || 'host';
  return `${readable}-${digest.slice(0, KEY_DIGITS)}`;
}

/** Key of the host that a run directory was made on. */
export function hostKeyOf(runDirectory: string): Result<string, string> {
  const run = readFinishedRun(runDirectory);
  if (!run.ok) return fail(`${runDirectory} is no run to compare with: ${run.failure}`);
  const { hostname, cpu_model: cpuModel, cores } = run.value.host;
  return ok(hostKey({ hostname, cpuModel, cores }));
}

/** What is wrong with a name for a baseline; undefined when it can be one. */
export function baselineNameProblem(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return `"${name}" cannot be a baseline's name: letters, digits, ".", "_" and "-" can`;
}

/** Copies a run directory as a baseline of the host it was made on. One of the same name is replaced. */
export async function saveBaseline(
  root: string,
  runDirectory: string,
  name: string,
): Promise<Result<Baseline, string>> {
  const problem = baselineNameProblem(name);
  if (problem !== undefined) return fail(problem);
  const key = hostKeyOf(runDirectory);
  if (!key.ok) return key;
  const folder = join(root, BASELINES_FOLDER, key.value);
  const directory = join(folder, name);
  const half = join(folder, `.${name}.part`);
  const replaced = join(folder, `.${name}.old`);
  await mkdir(folder, { recursive: true });
  await rm(half, { recursive: true, force: true });
  await copyFolder(runDirectory, half);
  if (existsSync(directory)) {
    await rm(replaced, { recursive: true, force: true });
    await rename(directory, replaced);
  }
  // Who is killed here leaves the replaced one, and it counts until the next is in its place.
  await rename(half, directory);
  await rm(replaced, { recursive: true, force: true });
  return ok({ name, hostKey: key.value, directory });
}

/** The baseline of that name for that host; undefined when there is none. */
export function findBaseline(root: string, key: string, name: string): Baseline | undefined {
  return listBaselines(root).find((baseline) => baseline.hostKey === key && baseline.name === name);
}

/** All baselines of all hosts, in the order of their names. */
export function listBaselines(root: string): readonly Baseline[] {
  const folder = join(root, BASELINES_FOLDER);
  return visible(namesIn(folder)).flatMap((key) => {
    const names = namesIn(join(folder, key));
    const whole = visible(names).map((name) => ({ name, directory: join(folder, key, name) }));
    const replaced = names.flatMap((file) => {
      const [, name] = REPLACED.exec(file) ?? [];
      return name === undefined || names.includes(name) ? [] : [{ name, directory: join(folder, key, file) }];
    });
    const all = [...whole, ...replaced].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return all.map((one) => ({ ...one, hostKey: key }));
  });
}

function visible(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith('.'));
}

/** Links count, as a baseline can be one. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return [];
  }
}
