/**
 * A path that a run's files name, if it is inside the run directory: neither absolute nor with a way up, and without
 * characters that a URL or a file system could read as something else. What is written in a run's files is data.
 */
export function insideRun(path: string | null | undefined): string | undefined {
  if (path === null || path === undefined || path === '') return undefined;
  if (/^[/\\]|[\\\0:]/.test(path)) return undefined;
  return path.split('/').includes('..') ? undefined : path;
}

/** The same as the target of a link in a page that lies in the run directory. */
export function linkTo(path: string): string {
  return `./${path.split('/').map(encodeURIComponent).join('/')}`;
}
