import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';

/** Linux x86 boot protocol (Documentation/arch/x86/boot.rst): the magic at 0x202, and at 0x20E where the version is. */
const HEADER_MAGIC_OFFSET = 0x202;
const HEADER_MAGIC = 'HdrS';
const VERSION_POINTER_OFFSET = 0x20e;
/** The pointer counts from the end of the boot sector. */
const VERSION_BASE = 0x200;

/** What can be known of a kernel without running it. `identity` is the SHA-256 of the file, hexadecimal. */
export interface KernelImageFacts {
  readonly release: string;
  readonly identity: string;
}

/** Reads a bzImage. A file that cannot be read or is no bzImage is a failure. */
export async function readKernelImage(path: string): Promise<Result<KernelImageFacts, FailureWithRemedy>> {
  let image: Buffer;
  try {
    image = await readFile(path);
  } catch (error) {
    return fail({
      what: `The kernel image ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      remedy: 'Name a bzImage that this user can read; Ubuntu needs `sudo chmod +r` on it.',
    });
  }
  const release = kernelRelease(image);
  if (release === undefined) {
    return fail({
      what: `${path} is no Linux kernel image: it has no x86 boot header with a version.`,
      remedy: 'Name the bzImage that a kernel build leaves in arch/x86/boot, not vmlinux.',
    });
  }
  return ok({ release, identity: createHash('sha256').update(image).digest('hex') });
}

/** The release in a bzImage's header, whose version string reads `<release> (<builder>) #<build> …`. */
function kernelRelease(image: Buffer): string | undefined {
  if (image.length < VERSION_POINTER_OFFSET + 2) return undefined;
  const magic = image.toString('latin1', HEADER_MAGIC_OFFSET, HEADER_MAGIC_OFFSET + HEADER_MAGIC.length);
  const pointer = image.readUInt16LE(VERSION_POINTER_OFFSET);
  if (magic !== HEADER_MAGIC || pointer === 0) return undefined;
  const start = VERSION_BASE + pointer;
  const end = image.indexOf(0, start);
  return /^[\w.+~-]+/.exec(image.toString('latin1', start, end < 0 ? start : end))?.[0];
}
