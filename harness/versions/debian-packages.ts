import { fail, ok, type Result } from '../result.ts';
import type { PackageLists } from './apt.ts';
import { cannotBeHad, runApt } from './apt.ts';
import { SUITES, type VersionFailure } from './suites.ts';

/** A package in one version. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

/** What is fetched for one version of something: its own package, and those that it needs. */
export interface PackageChoice {
  readonly main: DebianPackage;
  readonly others: readonly DebianPackage[];
  /** `with-dependencies`: with everything that Debian says they need; `alone`: nothing but these. */
  readonly fetch: 'with-dependencies' | 'alone';
}

/** The version of a package that is wanted: this one, or the suite's newest. A suite that does not have it says what it has. */
export async function chooseVersion(
  lists: PackageLists,
  name: string,
  version: string | undefined,
): Promise<Result<DebianPackage, VersionFailure>> {
  const listed = await runApt('apt-cache', [...lists.aptOptions, 'madison', name]);
  if (!listed.ok) return cannotBeHad(`${lists.suite}: ${name}`, listed.failure);
  const own = SUITES[lists.suite].own.map((distribution) => distribution.name);
  const versions = versionsIn(listed.value, own);
  const [newest] = versions;
  if (newest === undefined) {
    const what = `${lists.suite} has no package ${name}.`;
    return fail({ kind: 'absent', what, remedy: 'Choose another suite.' });
  }
  if (version === undefined || versions.includes(version)) return ok({ name, version: version ?? newest });
  const what = `${lists.suite} has no ${name} ${version}. It has ${versions.join(', ')}.`;
  return fail({ kind: 'absent', what, remedy: 'Name one of these, or leave out "version" for the newest.' });
}

/** From `apt-cache madison`, the newest first: ` qemu-system-x86 | 1:7.2+dfsg-7 | http://… bookworm/main amd64 Packages`. */
function versionsIn(madison: string, distributions: readonly string[]): readonly string[] {
  const versions = madison.split('\n').flatMap((line) => {
    const [, version = '', from = ''] = line.split('|').map((field) => field.trim());
    const distribution = / (\S+)\/\S+ \S+ Packages$/.exec(from)?.[1] ?? '';
    return distributions.includes(distribution) ? [version] : [];
  });
  return [...new Set(versions)];
}

/**
 * The package whose name begins with `prefix` and on which a metapackage depends in an exact version, as `linux-image-amd64`
 * does on the newest kernel.
 */
export async function packageBehind(
  lists: PackageLists,
  metapackage: string,
  prefix: string,
  version: string | undefined,
): Promise<Result<DebianPackage, VersionFailure>> {
  const meta = await chooseVersion(lists, metapackage, version);
  if (!meta.ok) return meta;
  const needed = await exactDependencies(lists, meta.value);
  if (!needed.ok) return needed;
  const behind = needed.value.find(({ name }) => name.startsWith(prefix));
  if (behind !== undefined) return ok(behind);
  const what = `${lists.suite}: ${metapackage} ${meta.value.version} depends on no ${prefix}….`;
  return fail({ kind: 'unavailable', what, remedy: 'Name another version or suite.' });
}

/** What a package depends on in an exact version: `linux-image-6.12.117+deb13-amd64 (= 6.12.117-1)`. */
export async function exactDependencies(
  lists: PackageLists,
  { name, version }: DebianPackage,
): Promise<Result<readonly DebianPackage[], VersionFailure>> {
  const shown = await runApt('apt-cache', [...lists.aptOptions, '--no-all-versions', 'show', `${name}=${version}`]);
  if (!shown.ok) return cannotBeHad(`${lists.suite}: ${name} ${version}`, shown.failure);
  const depends = /^Depends: (.*)$/m.exec(shown.value)?.[1] ?? '';
  return ok(
    depends.split(', ').flatMap((dependency): readonly DebianPackage[] => {
      const [, needed, exactly] = /^(\S+) \(= (\S+)\)$/.exec(dependency) ?? [];
      return needed === undefined || exactly === undefined ? [] : [{ name: needed, version: exactly }];
    }),
  );
}
