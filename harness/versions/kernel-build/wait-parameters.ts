import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allDrivers } from '../../drivers/index.ts';
import type { GuestKernel } from '../guest-kernel.ts';
import { builtinParameters, kernelPayload } from '../kernel-image.ts';

/** What the harness's patches add to the kernel; any other kernel ignores them and waits as it always did. */
export const knownWaitParameters: readonly string[] = allDrivers
  .flatMap(({ name, waits }) =>
    waits.flatMap(({ parameter }) => (parameter === undefined ? [] : [`${name}.${parameter}`])),
  )
  .toSorted();

/** Whether a name on the kernel command line is one of them. The kernel takes `-` for `_`. */
export function isWaitParameter(name: string): boolean {
  return knownWaitParameters.includes(plainName(name));
}

/**
 * Whether a kernel has the parameter `<module>.<name>` of a built-in driver, found out without booting it. `unknown`
 * when the driver is not built in or the kernel cannot be read: then only a boot will tell.
 */
export async function kernelHasParameter(
  kernel: Pick<GuestKernel, 'image' | 'modulesDirectory'>,
  parameter: string,
): Promise<'yes' | 'no' | 'unknown'> {
  const name = plainName(parameter);
  // Dynamic debug's own: every driver has it, and none declares it.
  if (name.endsWith('.dyndbg')) return 'unknown';
  const listed = await listedParameters(kernel.modulesDirectory);
  if (listed !== undefined) return answer(listed.includes(name), listed.some(isOf(name)));
  const payload = await kernelPayload(await readFile(kernel.image).catch(() => Buffer.alloc(0)));
  if (payload === undefined) return 'unknown';
  // The names in struct kernel_param are whole: MODULE_PARAM_PREFIX and the name, ended by a zero byte.
  return answer(payload.includes(`${name}\0`), payload.includes(`\0${modulePrefix(name)}`));
}

function answer(hasParameter: boolean, hasModule: boolean): 'yes' | 'no' | 'unknown' {
  if (hasParameter) return 'yes';
  return hasModule ? 'no' : 'unknown';
}

/** Nothing where the kernel's modules are not there, or are older than the list (Linux 5.2). */
async function listedParameters(modulesDirectory: string | undefined): Promise<readonly string[] | undefined> {
  if (modulesDirectory === undefined) return undefined;
  const modinfo = await readFile(join(modulesDirectory, 'modules.builtin.modinfo')).catch(() => undefined);
  return modinfo && builtinParameters(modinfo);
}

function isOf(parameter: string): (other: string) => boolean {
  const prefix = modulePrefix(parameter);
  return (other) => other.startsWith(prefix);
}

function modulePrefix(parameter: string): string {
  return parameter.slice(0, parameter.indexOf('.') + 1);
}

function plainName(parameter: string): string {
  return parameter.replaceAll('-', '_');
}
