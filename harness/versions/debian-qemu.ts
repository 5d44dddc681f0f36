import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../host/run-tool.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PackageLists } from './apt.ts';
import { chooseVersion, type PackageChoice } from './debian-packages.ts';
import { fetchVersion, type VersionKind } from './fetch-version.ts';
import type { DebianVersion, FetchedPackage, VersionFailure } from './suites.ts';

const PACKAGE = 'qemu-system-x86';
/** The binary in the package, and the script that starts it from here. */
const QEMU = 'qemu-system-x86_64';
const BINARY = `usr/bin/${QEMU}`;
/** The first is not there since Debian 13; pulseaudio's private library is found by a path in a library that names the host. */
const LIBRARIES = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/pulseaudio'];
const LOADER = 'ld-linux-x86-64.so.2';
/** Firmware and option ROMs: QEMU's own and SeaBIOS. */
const DATA = ['usr/share/qemu', 'usr/share/seabios'];
/** What of the packages a QEMU needs to run a machine without a display. */
const KEPT = ['lib', 'usr/lib', BINARY, ...DATA];

export interface DebianQemu {
  /** Starts it as if it were installed: a script that takes QEMU's arguments. */
  readonly command: string;
  /** What that executes. */
  readonly binary: string;
  readonly package: FetchedPackage;
}

export const QEMU_VERSION: VersionKind = { name: 'qemu', choose: chooseQemu, arrange: arrangeQemu };

/** Debian's QEMU in this version with all libraries it needs, unpacked in the cache; nothing is installed on the host. */
export async function debianQemu(
  wanted: DebianVersion,
  report: (text: string) => void,
): Promise<Result<DebianQemu, VersionFailure>> {
  const fetched = await fetchVersion(QEMU_VERSION, wanted, report);
  if (!fetched.ok) return fetched;
  const { directory, package: from } = fetched.value;
  return ok({ command: join(directory, QEMU), binary: join(directory, BINARY), package: from });
}

async function chooseQemu(
  lists: PackageLists,
  version: string | undefined,
): Promise<Result<PackageChoice, VersionFailure>> {
  const main = await chooseVersion(lists, PACKAGE, version);
  return main.ok ? ok({ main: main.value, others: [], fetch: 'with-dependencies' }) : main;
}

async function arrangeQemu(directory: string, { main }: PackageChoice): Promise<Result<void, VersionFailure>> {
  if (/[:;]/.test(directory)) {
    const what = `The libraries of a QEMU cannot be in ${directory}: ":" and ";" part the names of directories for its loader.`;
    return fail({ kind: 'unavailable', what, remedy: 'Set XDG_CACHE_HOME to a directory without them.' });
  }
  await keepOnly(directory, KEPT);
  const libraries = thatAreThere(directory, LIBRARIES);
  const [loader] = thatAreThere(
    directory,
    LIBRARIES.map((folder) => `${folder}/${LOADER}`),
  );
  if (loader === undefined) {
    const what = `${main.name} ${main.version} came without ${LOADER}, the loader of its libraries.`;
    return fail({ kind: 'unavailable', what, remedy: 'Name another version or suite.' });
  }
  await writeFile(join(directory, QEMU), script(loader, libraries), { mode: 0o755 });
  return ok(undefined);
}

/**
 * The one place that knows how a QEMU of another suite is started: by the loader of its own suite with that suite's
 * libraries, none of the host's, and with its own firmware. `exec` keeps the process: who starts the script has QEMU.
 * QEMU looks for its modules beside what the kernel says was executed, which is the loader: it is told where they are.
 */
function script(loader: string, libraries: readonly string[]): string {
  const inRoot = (path: string) => `"$root"/${shellWord(path)}`;
  const modules = inRoot('usr/lib/x86_64-linux-gnu/qemu');
  return [
    '#!/bin/sh',
    '# Starts the QEMU in this directory with its own libraries and firmware.',
    'root=$(cd "$(dirname "$0")" && pwd)',
    `export QEMU_MODULE_DIR=${modules}`,
    `exec ${inRoot(loader)} --library-path ${libraries.map(inRoot).join(':')} \\`,
    `  ${inRoot(BINARY)} ${DATA.map((folder) => `-L ${inRoot(folder)}`).join(' ')} "$@"`,
    '',
  ].join('\n');
}

function thatAreThere(directory: string, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => existsSync(join(directory, path)));
}

/** Removes everything that is neither one of these paths nor in one of them. */
async function keepOnly(directory: string, kept: readonly string[], below = ''): Promise<void> {
  for (const name of await readdir(join(directory, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    if (kept.includes(path)) continue;
    if (kept.some((one) => one.startsWith(`${path}/`))) await keepOnly(directory, kept, path);
    else await rm(join(directory, path), { recursive: true });
  }
}
