import { execa } from 'execa';
import { projectRoot } from '../project-root.ts';
import { fail, ok, type Result } from '../result.ts';

/** Each command is run so often and timed, unless it is told otherwise, after once for the page cache. */
const RUNS = 10;

/** Wall time of a whole process in the checkout, from before its start to its exit, in milliseconds. */
export async function processTimesMs(
  command: string,
  args: readonly string[],
  runs = RUNS,
): Promise<Result<readonly number[], string>> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const before = performance.now();
    const { failed, originalMessage } = await execa(command, args, {
      cwd: projectRoot,
      stdio: 'ignore',
      reject: false,
    });
    times.push(performance.now() - before);
    if (failed) return fail(`${[command, ...args].join(' ')} failed: ${originalMessage ?? 'see its own output'}`);
  }
  return ok(times.slice(1));
}
