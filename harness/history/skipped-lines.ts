import type { SkippedDirectory } from './run-directories.ts';

/** Many broken directories usually have one cause. */
const SHOWN = 20;

/** A warning for each directory that was left out. */
export function skippedLines(skipped: readonly SkippedDirectory[]): readonly string[] {
  const lines = skipped.slice(0, SHOWN).map(({ directory, reason }) => `left out ${directory}: ${reason}`);
  const rest = skipped.length - lines.length;
  return rest > 0 ? [...lines, `left out ${rest} more`] : lines;
}
