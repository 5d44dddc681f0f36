import { PROGRESS_INTERVAL_MS } from '../../host/progress-interval.ts';

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
