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

/** Gives each name an identifier of lower-case letters, digits and hyphens that no other name has, nor is `taken`. */
export function slugs(taken: readonly string[] = []): (name: string) => string {
  const given = new Set(taken);
  return (name) => {
    const stem =
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '') || 'x';
    for (let copy = 1; ; copy++) {
      const slug = copy === 1 ? stem : `${stem}-${copy}`;
      if (given.has(slug)) continue;
      given.add(slug);
      return slug;
    }
  };
}
