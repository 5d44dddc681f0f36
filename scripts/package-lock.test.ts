import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * `npm install` can lose the packages for platforms other than its own from the lockfile (npm/cli#4828), and `npm ci`
 * then refuses to install anything.
 */
test('package-lock.json has the packages for every platform', () => {
  const lockfile = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const packages: Readonly<Record<string, LockedPackage>> = JSON.parse(lockfile).packages;
  const lost = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(lost).toEqual([]);
});
