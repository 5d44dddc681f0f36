import { access, constants, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheEntry, cacheRoot } from '../cache/cache.ts';
import { runTool } from '../host/run-tool.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import type { HostArchive } from './host-archive.ts';
import { type Distribution, SUITES, type SuiteName, type VersionFailure } from './suites.ts';

/** What to do, by what apt says (2.0 to 3.0). Where it says something else, the message still has apt's own words. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/enough free space/, 'Free some disk space, or set XDG_CACHE_HOME to a directory on another disk.'],
  [
    /NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|Missing key|Sub-process .* returned an error code .*signature|couldn't be verified/i,
    "The signature does not fit the keys of this host. Is its package debian-archive-keyring up to date, and its mirror Debian's?",
  ],
  [
    /Could not resolve|Temporary failure resolving|Could not connect|Cannot initiate the connection|Connection (?:failed|refused|timed out|reset)|Network is unreachable|Connection timed out/i,
    'Check the network and the proxy of apt. What has been fetched before needs no network ("bench list" shows it).',
  ],
  [
    /404|does not have a Release file|File not found|Hash Sum mismatch/i,
    // apt says the same of a mirror whose answer was cut off.
    'Check the network, try again in a while, or use another mirror in the package sources: this one does not have it, has just changed, or was cut off. Old suites leave the mirrors.',
  ],
];

const OTHERWISE = 'See what apt says; "bench list" shows what is there without a network.';

/** apt-get, apt-cache and what comes after them. */
export function runApt(
  command: string,
  words: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Result<string, FailureWithRemedy>> {
  return runTool(command, words, OTHERWISE, options);
}

/** `subject` is what was wanted, as the beginning of a sentence. */
export function cannotBeHad(subject: string, { what, remedy }: FailureWithRemedy): Result<never, VersionFailure> {
  const known = REMEDIES.find(([pattern]) => pattern.test(what))?.[1];
  return fail({
    kind: 'unavailable',
    what: `${subject} cannot be had: ${what}`,
    remedy: remedy === OTHERWISE ? (known ?? remedy) : remedy,
  });
}

/** Package lists of one suite. Every call of apt about it takes `aptOptions`. */
export interface PackageLists {
  readonly suite: SuiteName;
  readonly aptOptions: readonly string[];
  /** The cache entry. */
  readonly directory: string;
}

const HOOKS = [
  ...['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'],
  ...['DPkg::Pre-Install-Pkgs', 'DPkg::Pre-Invoke', 'DPkg::Post-Invoke'],
];

/** Lists of the hour before may still be in use by another process. */
const KEPT_LISTS = 2;

/**
 * Lists of a suite, at most an hour old: apt's, with a folder of our own, so that the host's stay as they are and no
 * rights are needed. apt checks the archive's signature with the keyring.
 */
export async function packageLists(
  suite: SuiteName,
  archive: HostArchive,
  report: (text: string) => void,
): Promise<Result<PackageLists, VersionFailure>> {
  const prefix = `debian-lists-${suite}-`;
  const hour = new Date().toISOString().slice(0, 13).replaceAll(/\D/g, '');
  const entry = await cacheEntry(`${prefix}${hour}`, (directory) => update(directory, suite, archive, report), report);
  if (!entry.ok) return fail({ kind: 'unavailable', what: entry.failure.what, remedy: entry.failure.remedy });
  await removeOld(prefix);
  return ok(listsIn(entry.value, suite));
}

function listsIn(directory: string, suite: SuiteName): PackageLists {
  return { suite, directory, aptOptions: ['-c', join(directory, 'apt.conf'), '-o', `Dir=${directory}/`] };
}

async function update(
  directory: string,
  suite: SuiteName,
  archive: HostArchive,
  report: (text: string) => void,
): Promise<Result<void, VersionFailure>> {
  const { keyring } = archive;
  const isReadable = await access(keyring, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!isReadable) {
    const what = `${suite}: the keys that sign Debian's archive are not on this host: ${keyring} is missing or unreadable.`;
    return fail({ kind: 'unavailable', what, remedy: 'Install them: sudo apt-get install debian-archive-keyring' });
  }
  report(`fetching the package lists of ${suite}`);
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'etc']) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  await writeFile(join(directory, 'state', 'status'), '');
  await writeFile(join(directory, 'apt.conf'), aptConfiguration(suite));
  await writeFile(join(directory, 'etc', 'sources.list'), sources(suite, archive));
  // Without this, apt counts a list that it could not fetch as a warning.
  const strictly = ['-o', 'APT::Update::Error-Mode=any'];
  const updated = await runApt('apt-get', [...listsIn(directory, suite).aptOptions, ...strictly, '-qq', 'update']);
  return updated.ok ? ok(undefined) : cannotBeHad(`${suite}: the package lists`, updated.failure);
}

/** Paths are below `Dir`, which is given with each call: a cache entry is made in one place and used in another. */
function aptConfiguration(suite: SuiteName): string {
  const { own, base } = SUITES[suite];
  return [
    '// The package lists of one suite, apart from those of the host.',
    'Dir::State "state"; Dir::State::Lists "lists"; Dir::State::status "status"; Dir::Cache "cache"; Dir::Etc "etc";',
    'Dir::Etc::SourceList "sources.list"; Dir::Etc::SourceParts "/dev/null"; Dir::Log "/dev/null";',
    '// What the host pins, and what it does after an update, is its own business.',
    'Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";',
    ...HOOKS.map((hook) => `#clear ${hook};`),
    '#clear APT::Architectures;',
    'APT::Architecture "amd64"; APT::Architectures { "amd64"; };',
    'APT::Install-Recommends "false"; APT::Install-Suggests "false"; Acquire::Languages "none";',
    '// As root, apt would fetch as a user of its own, who may not write into the cache.',
    'APT::Sandbox::User "root"; Debug::NoLocking "true";',
    ...(base.length > 0 ? [`APT::Default-Release "${own[0].name}";`] : []),
    '',
  ].join('\n');
}

/** Of the suite that the host itself is set up for, what the host has of it: its mirror may have no more. */
function sources(suite: SuiteName, { uris, configured, keyring }: HostArchive): string {
  const { own, base } = SUITES[suite];
  const line = ({ archive, name }: Distribution) =>
    // From a medium that is mounted, apt would use packages in place instead of copying them.
    `deb [arch=amd64 target=Packages signed-by=${keyring}] ${uris[archive].replace(/^file:/, 'copy:')} ${name} main\n`;
  const isThere = ({ name }: Distribution, [first]: readonly Distribution[]) =>
    first === undefined || name === first.name || !configured.includes(first.name) || configured.includes(name);
  return [...own.filter((one) => isThere(one, own)), ...base.filter((one) => isThere(one, base))].map(line).join('');
}

async function removeOld(prefix: string): Promise<void> {
  const all = (await readdir(cacheRoot())).filter(
    (name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)),
  );
  for (const name of all.toSorted().toReversed().slice(KEPT_LISTS)) {
    await rm(join(cacheRoot(), name), { recursive: true, force: true });
  }
}
