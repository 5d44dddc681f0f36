import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import { toolPath } from '../../host/requirements.ts';
import { PROGRESS_INTERVAL_MS } from '../../host/run-tool.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../../result.ts';

/** The build's last words that go into a message. With several jobs at once, the error is not the very last line. */
const QUOTED_LINES = 20;

/**
 * All that a build sees of the environment: whatever else the user has set there, such as CFLAGS, ARCH or another
 * make's MAKEFLAGS, would change what comes out. The second group ends up in the kernel's version string
 * (Documentation/kbuild/reproducible-builds.rst).
 */
const ENVIRONMENT = {
  LC_ALL: 'C',
  LOCALVERSION: '',
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
  KBUILD_BUILD_USER: 'hotplug-bench',
  KBUILD_BUILD_HOST: 'hotplug-bench',
  KBUILD_BUILD_VERSION: '1',
};

export interface MakeFailure extends FailureWithRemedy {
  /** make was ended by a signal, such as that of a Ctrl-C in the terminal: nothing is wrong with the source. */
  readonly interrupted?: true;
}

/**
 * Makes a target of the kernel in `tree`, with a job for each CPU. `onLine` gets what make prints on stdout. A lock on
 * `tree` is held by make and all that it starts, so that it is free once the last of them has ended, even if this process
 * was killed.
 */
export async function runMake(
  tree: string,
  target: string,
  onLine: (line: string) => void = () => undefined,
): Promise<Result<void, MakeFailure>> {
  const run = await execa('flock', ['--no-fork', tree, 'make', `-j${availableParallelism()}`, target], {
    cwd: tree,
    env: { ...ENVIRONMENT, PATH: toolPath() },
    extendEnv: false,
    stdin: 'ignore',
    stdout: function* (line: unknown) {
      onLine(String(line));
      yield line;
    },
    reject: false,
  });
  if (!run.failed) return ok(undefined);
  const how = run.signal === undefined ? `exit code ${run.exitCode}` : run.signal;
  const said = run.stderr.trim().split('\n').slice(-QUOTED_LINES).join('\n');
  return fail({
    ...(run.signal === undefined ? {} : { interrupted: true }),
    what: `\`make ${target}\` of the guest kernel failed (${how}):\n${said}`,
    remedy: said.includes('No space left on device')
      ? 'Free some disk space, or set XDG_CACHE_HOME to a directory on another disk.'
      : 'If harness/versions/kernel-build/kernel.config or a patch has been changed, mend it; or use `kernel: stock`.',
  });
}

/** Files that the kernel of kernel.config compiles (lines `CC` and `AS` of a build of 6.1.192). */
export const EXPECTED_FILES = 1378;

/**
 * Takes the lines that make prints and reports how far it is, now and then. Of a build that goes on it is not known how
 * many files there will be. `now` is a clock in milliseconds.
 */
export function compileProgress(
  label: string,
  report: (text: string) => void,
  expectedFiles?: number,
  now: () => number = performance.now.bind(performance),
): (line: string) => void {
  let files = 0;
  let reportedAt = now();
  return (line) => {
    if (!/^ {2}(CC|AS) /.test(line)) return;
    files += 1;
    if (now() - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = now();
    const expected = expectedFiles === undefined ? '' : ` of ~${Math.max(files, expectedFiles)}`;
    report(`${label}: compiling (${files}${expected} files)`);
  };
}
