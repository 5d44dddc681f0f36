import { PROGRESS_INTERVAL_MS } from '../progress-interval.ts';

/** Files that the kernel of kernel.config compiles (lines `CC` and `AS` of a build of 6.1.192). */
const EXPECTED_FILES = 1378;

/** Takes the lines that make prints and reports how far it is, now and then. `now` is a clock in milliseconds. */
export function compileProgress(
  label: string,
  report: (text: string) => void,
  now: () => number = performance.now.bind(performance),
): (line: string) => void {
  let files = 0;
  let reportedAt = now();
  return (line) => {
    if (!/^ {2}(CC|AS) /.test(line)) return;
    files += 1;
    if (now() - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = now();
    report(`${label}: compiling (${files} of ~${Math.max(files, EXPECTED_FILES)} files)`);
  };
}
