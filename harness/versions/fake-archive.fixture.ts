import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { execa } from 'execa';
import type { HostArchive } from './host-archive.ts';

/** A package of the fake archive. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** A signed archive with one suite, on a server of its own. */
export interface FakeArchive {
  readonly archive: HostArchive;
  /** Paths that were asked for, from the start. */
  readonly asked: string[];
  /** What answers 404. */
  readonly missing: Set<string>;
  /** Replaces what the suite has. */
  readonly publish: (packages: readonly FakePackage[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The suite that it has: the one with a single distribution. */
export const FAKE_SUITE = 'bullseye';

/** @param home an empty directory */
export async function fakeArchive(home: string, packages: readonly FakePackage[]): Promise<FakeArchive> {
  const root = join(home, 'archive');
  const keyring = await makeKey(join(home, 'keys'));
  const asked: string[] = [];
  const missing = new Set<string>();
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(path);
    const content = missing.has(path) ? undefined : await readFile(join(root, normalize(path))).catch(() => undefined);
    response.writeHead(content ? 200 : 404, { 'content-length': content?.length ?? 0 });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const publish = (all: readonly FakePackage[]) => publishIn(root, join(home, 'keys'), all);
  await publish(packages);
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`;
  return {
    archive: { uris: { debian: uri, security: uri }, configured: [], keyring },
    asked,
    missing,
    publish,
    close: () => closed(server),
  };
}

/** A keyring with a new key, which its directory can sign with. */
export async function makeKey(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const gpg = ['--homedir', directory, '--batch', '--quiet', '--passphrase', ''];
  await execa('gpg', [...gpg, '--quick-generate-key', 'fake <fake@example.org>', 'ed25519', 'sign', 'never']);
  const keyring = join(directory, 'keyring.gpg');
  await execa('gpg', [...gpg, '--output', keyring, '--export']);
  return keyring;
}

async function publishIn(root: string, keys: string, packages: readonly FakePackage[]): Promise<void> {
  const stanzas: string[] = [];
  for (const one of packages) stanzas.push(await buildPackage(root, one));
  const index = `${stanzas.join('\n')}\n`;
  const dist = join(root, 'debian', 'dists', FAKE_SUITE);
  await mkdir(join(dist, 'main', 'binary-amd64'), { recursive: true });
  await writeFile(join(dist, 'main', 'binary-amd64', 'Packages'), index);
  const release = [
    `Suite: ${FAKE_SUITE}`,
    `Codename: ${FAKE_SUITE}`,
    `Date: ${new Date().toUTCString()}`,
    'Architectures: amd64',
    'Components: main',
    'SHA256:',
    ` ${sha256(Buffer.from(index))} ${Buffer.byteLength(index)} main/binary-amd64/Packages`,
    '',
  ].join('\n');
  const signed = ['--homedir', keys, '--batch', '--yes', '--output', join(dist, 'InRelease'), '--clearsign'];
  await execa('gpg', signed, { input: release });
}

/** Builds the package into the pool, and gives its paragraph of the index. */
async function buildPackage(root: string, { name, version, depends, files }: FakePackage): Promise<string> {
  const tree = join(root, 'trees', `${name}_${version.replace(':', '_')}`);
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: fake <fake@example.org>',
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    'Description: a fake',
    '',
  ].join('\n');
  for (const [path, content] of Object.entries({ ...files, 'DEBIAN/control': control })) {
    await mkdir(join(tree, dirname(path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode: 0o755 });
  }
  const file = `pool/${name}_${version.replace(':', '_')}_amd64.deb`;
  await mkdir(join(root, 'debian', 'pool'), { recursive: true });
  await execa('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, join(root, 'debian', file)]);
  const content = await readFile(join(root, 'debian', file));
  return `${control}Filename: ${file}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
