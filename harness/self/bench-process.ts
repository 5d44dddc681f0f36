import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../project-root.ts';
import { fail, ok, type Result } from '../result.ts';
import { ownScenario, type SelfContext } from './self-run.ts';

/** Runs the scenario `cost` in a `bench` process of its own, as a user would, and returns what that process used. */
export async function measureBenchProcess(context: SelfContext): Promise<Result<ResourceUse, string>> {
  const file = join(context.scratch, 'resources.json');
  const probe = pathToFileURL(join(projectRoot, 'build', 'self-resource-probe.js')).href;
  const bench = ['run', ownScenario('cost'), '--out', context.scratch];
  const started = await context.registry.start({
    command: process.execPath,
    args: ['--import', probe, join(projectRoot, 'scripts', 'bench.mjs'), ...bench],
    env: { [RESOURCE_FILE]: file },
  });
  if (!started.ok) return fail(started.failure.message);
  const child = started.value;
  const end = () => child.kill();
  context.signal.addEventListener('abort', end);
  const { code, signal, stderrTail } = await child.exited;
  context.signal.removeEventListener('abort', end);
  if (code !== 0) return fail(`bench ${bench.join(' ')} ended with ${signal ?? code}: ${stderrTail}`);
  return ok(JSON.parse(await readFile(file, 'utf8')) as ResourceUse);
}

/** What a process has used by its end. */
export interface ResourceUse {
  /** User and system time of all its threads, in milliseconds. */
  readonly cpuMs: number;
  /** Peak resident memory, in bytes. */
  readonly peakBytes: number;
}

/** Names the file in which a probed process leaves its `ResourceUse`. */
export const RESOURCE_FILE = 'HOTPLUG_BENCH_RESOURCE_FILE';
