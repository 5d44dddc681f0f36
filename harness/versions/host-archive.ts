import { existsSync } from 'node:fs';
import { runTool } from '../host/run-tool.ts';
import type { Distribution } from './suites.ts';

/** Where packages are fetched from, and how it is known that they are Debian's. */
export interface HostArchive {
  /** By archive, each without a slash at its end. */
  readonly uris: Readonly<Record<Distribution['archive'], string>>;
  /** Distributions that the host itself has among its package sources. */
  readonly configured: readonly string[];
  /** File with the keys that sign the archive. */
  readonly keyring: string;
}

const DEFAULT_URIS = { debian: 'http://deb.debian.org/debian', security: 'http://deb.debian.org/debian-security' };

/** From the package debian-archive-keyring; the second is its name since Debian 13. */
const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
] as const;

/**
 * The mirrors that the host is set up for, and Debian's own where it is set up for none. apt reads its sources itself, in
 * whichever format they are. A host without apt has Debian's own: what needs apt says that it is missing.
 */
export async function hostArchive(): Promise<HostArchive> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  // Otherwise apt tells only of lists that it has fetched: of none on a new machine.
  const words = ['indextargets', '--no-release-info', '--format', format, 'Created-By: Packages'];
  const listed = await runTool('apt-get', words, '');
  return {
    ...mirrorsIn(listed.ok ? listed.value : ''),
    keyring: KEYRINGS.find((file) => existsSync(file)) ?? KEYRINGS[0],
  };
}

/** A package source as apt lists it: `http://deb.debian.org/debian/ bookworm main`. */
interface Source {
  readonly uri: string;
  readonly distribution: string;
}

/**
 * Assumption: Debian's archive is a source of `main` whose path ends in `/debian`, as on all its mirrors; of several, the
 * one that also has `-updates`, which sources of other makers do not. The signature is checked all the same: a wrong
 * guess is a failure, never a wrong package.
 */
export function mirrorsIn(listed: string): Pick<HostArchive, 'uris' | 'configured'> {
  const sources = listed.split('\n').flatMap((line): readonly Source[] => {
    const [uri = '', distribution = '', component] = line.split(' ');
    return component === 'main' ? [{ uri: uri.replace(/\/+$/, ''), distribution }] : [];
  });
  const plain = sources.filter(({ uri }) => uri.endsWith('/debian'));
  const whole = plain.filter((source) => isWhole(source, plain));
  const debian = (whole[0] ?? plain[0])?.uri;
  const security = sources.find(({ distribution }) => distribution.endsWith('-security'))?.uri;
  const ours = sources.filter(({ uri }) => uri === debian || uri === security);
  return {
    uris: { debian: debian ?? DEFAULT_URIS.debian, security: security ?? DEFAULT_URIS.security },
    configured: ours.map(({ distribution }) => distribution),
  };
}

function isWhole({ uri, distribution }: Source, all: readonly Source[]): boolean {
  return all.some((other) => other.uri === uri && other.distribution === `${distribution}-updates`);
}
