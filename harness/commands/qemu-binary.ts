import { checkHost } from '../host/requirements.ts';

/** The QEMU binary, by the name under which Debian and others install it. */
export const QEMU = 'qemu-system-x86_64';

/** Path of the QEMU that runs the guests; undefined where there is none. */
export function findQemu(): string | undefined {
  return checkHost().find(({ name }) => name === QEMU)?.path;
}
