import { access, readdir } from 'node:fs/promises';
import { release as hostRelease } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';
import type { GuestKernel } from './guest-kernel.ts';
import { readKernelImage } from './kernel-image.ts';

/** The kernel that the host runs, from /boot, with its modules. `root` stands for `/` in tests. */
export async function hostKernel(root = '/', release = hostRelease()): Promise<Result<GuestKernel, FailureWithRemedy>> {
  const path = join(root, 'boot', `vmlinuz-${release}`);
  const image = await readKernelImage(path);
  if (!image.ok) {
    const remedy = `\`kernel: host\` needs ${path} to be there and readable (sudo chmod +r ${path}); or use \`kernel: stock\`.`;
    return fail({ what: image.failure.what, remedy });
  }
  const modulesDirectory = join(root, 'lib', 'modules', release);
  const description = `host kernel ${image.value.release}`;
  const modules = (await isIndexed(modulesDirectory)) ? { modulesDirectory } : {};
  return ok({ ...image.value, image: path, description, ...modules });
}

/**
 * A kernel of the user's own. `modules` is a directory that holds `lib/modules/<release>`, as `make modules_install
 * INSTALL_MOD_PATH=` makes it, or is `…/<release>` itself; without it the drivers have to be built in.
 */
export async function customKernel(image: string, modules?: string): Promise<Result<GuestKernel, FailureWithRemedy>> {
  const facts = await readKernelImage(image);
  if (!facts.ok) return facts;
  const kernel = { ...facts.value, image, description: `${image} (${facts.value.release})` };
  if (modules === undefined) return ok(kernel);
  const modulesDirectory = await findModules(modules, facts.value.release);
  return modulesDirectory.ok ? ok({ ...kernel, modulesDirectory: modulesDirectory.value }) : modulesDirectory;
}

async function findModules(directory: string, release: string): Promise<Result<string, FailureWithRemedy>> {
  const inside = join(directory, 'lib', 'modules', release);
  if (await isIndexed(inside)) return ok(inside);
  if (basename(resolve(directory)) === release && (await isIndexed(directory))) return ok(resolve(directory));
  const others = await readdir(join(directory, 'lib', 'modules')).catch(() => []);
  const found = others.length === 0 ? '' : ` (found: ${others.join(', ')})`;
  return fail({
    what: `${directory} has no modules for kernel ${release}: no lib/modules/${release}/modules.dep in it${found}.`,
    remedy:
      'Install them there with `make modules_install INSTALL_MOD_PATH=<directory>`, ' +
      `or index them with \`depmod -b <directory> ${release}\`.`,
  });
}

/** Whether depmod has been run on it; modprobe can do nothing without. */
async function isIndexed(directory: string): Promise<boolean> {
  return access(join(directory, 'modules.dep')).then(
    () => true,
    () => false,
  );
}
