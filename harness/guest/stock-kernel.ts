import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../result.ts';
import { cacheEntry } from './cache.ts';
import { downloadPackage } from './download-package.ts';
import type { GuestFailure, GuestKernel } from './guest-image.ts';
import { readKernelImage } from './kernel-image.ts';
import { runTool } from './run-tool.ts';

/** The package that always depends on Debian's newest generic kernel. The -cloud one has no SHPC driver. */
const META_PACKAGE = 'linux-image-amd64';

/** Facts about the unpacked kernel, kept beside it so that a start has nothing to hash. */
const FACTS_FILE = 'kernel.json';

const NETWORK_REMEDY =
  'Check the network and the package sources (`apt-get download linux-image-amd64` shows more), ' +
  'or set `kernel: host` or a kernel of your own in the scenario.';

/**
 * Debian's generic kernel, downloaded with apt and unpacked in the cache; nothing is installed on the host. Once it is
 * there, it is used without asking apt again: removing the cache entry `stock-kernel` gets a newer one.
 */
export async function stockKernel(report: (text: string) => void): Promise<Result<GuestKernel, GuestFailure>> {
  const entry = await cacheEntry('stock-kernel', fetchKernel, report);
  if (!entry.ok) return entry;
  const facts = JSON.parse(await readFile(join(entry.value, FACTS_FILE), 'utf8'));
  return ok({
    ...facts,
    image: join(entry.value, 'boot', `vmlinuz-${facts.release}`),
    modulesDirectory: join(entry.value, 'lib', 'modules', facts.release),
  });
}

async function fetchKernel(directory: string, report: (text: string) => void): Promise<Result<void, GuestFailure>> {
  const archive = await downloadPackage(newestKernelPackage, directory, NETWORK_REMEDY, report);
  if (!archive.ok) return archive;

  report('unpacking the guest kernel');
  const unpacked = await runTool('dpkg-deb', ['--extract', archive.value, directory], NETWORK_REMEDY);
  if (!unpacked.ok) return unpacked;
  const description = await runTool(
    'dpkg-deb',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-deb's own format
    ['--show', '--showformat=Debian ${Package} ${Version}', archive.value],
    NETWORK_REMEDY,
  );
  if (!description.ok) return description;
  await keepBootAndModules(directory);

  const image = (await readdir(join(directory, 'boot'))).find((file) => file.startsWith('vmlinuz-'));
  if (image === undefined) return fail({ what: `${archive.value} has no /boot/vmlinuz.`, remedy: NETWORK_REMEDY });
  const facts = await readKernelImage(join(directory, 'boot', image));
  if (!facts.ok) return facts;
  const indexed = await runTool('depmod', ['-b', directory, facts.value.release], NETWORK_REMEDY);
  if (!indexed.ok) return indexed;
  await writeFile(join(directory, FACTS_FILE), JSON.stringify({ ...facts.value, description: description.value }));
  return ok(undefined);
}

/** Since Debian 13 the modules are under /usr/lib; depmod and modprobe look in /lib. */
async function keepBootAndModules(directory: string): Promise<void> {
  const merged = join(directory, 'usr', 'lib', 'modules');
  if ((await stat(merged).catch(() => undefined)) !== undefined) {
    await mkdir(join(directory, 'lib'), { recursive: true });
    await rename(merged, join(directory, 'lib', 'modules'));
  }
  for (const file of await readdir(directory)) {
    if (file !== 'boot' && file !== 'lib') await rm(join(directory, file), { recursive: true });
  }
}

async function newestKernelPackage(aptOptions: readonly string[]): Promise<Result<string, GuestFailure>> {
  const dependencies = await runTool('apt-cache', [...aptOptions, 'depends', META_PACKAGE], NETWORK_REMEDY);
  if (!dependencies.ok) return dependencies;
  const name = /Depends: (linux-image-\S+)/.exec(dependencies.value)?.[1];
  if (name !== undefined) return ok(name);
  const what = `No packages found: apt knows no kernel that ${META_PACKAGE} depends on; the stock guest needs Debian's.`;
  return fail({ what, remedy: NETWORK_REMEDY });
}
