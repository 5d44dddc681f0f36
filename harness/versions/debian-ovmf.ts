import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { chooseVersion } from './debian-packages.ts';
import { fetchVersion, type VersionKind } from './fetch-version.ts';
import { hostArchive } from './host-archive.ts';
import { type FetchedPackage, STABLE_SUITES, type VersionFailure } from './suites.ts';

const PACKAGE = 'ovmf';
/** Code and empty variables in one file, as `-bios` takes it, which is how kata starts it. */
const IMAGE = 'usr/share/ovmf/OVMF.fd';
/** Of a host that is no installation of one of Debian's. */
const OTHERWISE = 'bookworm';

export interface FirmwareImage {
  readonly file: string;
  readonly package: FetchedPackage;
}

const OVMF_VERSION: VersionKind = {
  name: 'ovmf',
  choose: async (lists, version) => {
    const main = await chooseVersion(lists, PACKAGE, version);
    return main.ok ? ok({ main: main.value, others: [], fetch: 'alone' }) : main;
  },
  arrange: async (directory, { main }) => {
    const there = await stat(join(directory, IMAGE)).catch(() => undefined);
    return there
      ? ok(undefined)
      : fail({
          kind: 'unavailable',
          what: `${main.name} ${main.version} has no ${IMAGE}.`,
          remedy: 'Use firmware: seabios.',
        });
  },
};

/** OVMF of the suite that the host is an installation of, unpacked in the cache; nothing is installed on the host. */
export async function debianOvmf(report: (text: string) => void): Promise<Result<FirmwareImage, VersionFailure>> {
  const archive = await hostArchive();
  const suite = STABLE_SUITES.find((name) => archive.configured.includes(name)) ?? OTHERWISE;
  const fetched = await fetchVersion(OVMF_VERSION, { suite }, report, { archive });
  if (!fetched.ok) return fetched;
  return ok({ file: join(fetched.value.directory, IMAGE), package: fetched.value.package });
}
