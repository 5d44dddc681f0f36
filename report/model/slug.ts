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
