import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { execa } from 'execa';
import { toolPath } from '../host/requirements.ts';
import { type FailureWithRemedy, fail, ok, type Result } from '../result.ts';

/** Linux x86 boot protocol (Documentation/arch/x86/boot.rst). A file without its magic number is no bzImage. */
const MAGIC_OFFSET = 0x202;
const MAGIC = 'HdrS';
/** Where the header says where its version is, counted from the end of the boot sector. */
const VERSION_POINTER_OFFSET = 0x20e;
const VERSION_BASE = 0x200;
/** Where it says, in protocol 2.08 and later, where the packed kernel is, counted from the end of the set-up sectors. */
const SETUP_SECTORS_OFFSET = 0x1f1;
const PAYLOAD_OFFSET_OFFSET = 0x248;
const PAYLOAD_LENGTH_OFFSET = 0x24c;
const SECTOR_BYTES = 512;

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
  if (image.length < VERSION_POINTER_OFFSET + 2 || !isBzImage(image)) return undefined;
  const pointer = image.readUInt16LE(VERSION_POINTER_OFFSET);
  if (pointer === 0) return undefined;
  const start = VERSION_BASE + pointer;
  const end = image.indexOf(0, start);
  return /^[\w.+~-]+/.exec(image.toString('latin1', start, end < 0 ? start : end))?.[0];
}

/** For all formats but gzip, which has it itself, the kernel's build appends the unpacked size in four bytes. */
const APPENDED_SIZE_BYTES = 4;

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The formats of distributions' kernels, by their first bytes, and the tools that unpack them from stdin to stdout. */
const DECOMPRESSORS = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], command: 'xz', parameters: ['-dc'] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], command: 'zstd', parameters: ['-dcq'] },
  { magic: [0x02, 0x21, 0x4c, 0x18], command: 'lz4', parameters: ['-dcq'] },
].map((entry) => ({ ...entry, magic: Buffer.from(entry.magic) }));

/** The kernel proper, unpacked from a bzImage. Nothing when it is no bzImage, or the tool for its format is not there. */
export async function kernelPayload(image: Buffer): Promise<Buffer | undefined> {
  const packed = packedPayload(image);
  if (packed === undefined) return undefined;
  if (packed.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) {
    return promisify(gunzip)(packed).catch(() => undefined);
  }
  const decompressor = DECOMPRESSORS.find(({ magic }) => packed.subarray(0, magic.length).equals(magic));
  if (decompressor === undefined) return undefined;
  const run = await execa(decompressor.command, decompressor.parameters, {
    env: { PATH: toolPath() },
    input: packed.subarray(0, -APPENDED_SIZE_BYTES),
    encoding: 'buffer',
    reject: false,
  });
  return run.failed ? undefined : Buffer.from(run.stdout);
}

function packedPayload(image: Buffer): Buffer | undefined {
  if (image.length < PAYLOAD_LENGTH_OFFSET + 4 || !isBzImage(image)) return undefined;
  const setup = (image.readUInt8(SETUP_SECTORS_OFFSET) + 1) * SECTOR_BYTES;
  const start = setup + image.readUInt32LE(PAYLOAD_OFFSET_OFFSET);
  const length = image.readUInt32LE(PAYLOAD_LENGTH_OFFSET);
  return length === 0 ? undefined : image.subarray(start, start + length);
}

function isBzImage(image: Buffer): boolean {
  return image.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + MAGIC.length) === MAGIC;
}

/**
 * The parameters of the drivers that are built into a kernel, such as `pciehp.button_delay_ms`, sorted. `modinfo` is
 * the content of `modules.builtin.modinfo`: strings `<module>.parmtype=<name>:<type>`, each ended by a zero byte
 * (Documentation/kbuild/kbuild.rst).
 */
export function builtinParameters(modinfo: Buffer): readonly string[] {
  const matches = modinfo.toString('latin1').matchAll(/(?<=^|\0)([^.\0]+)\.parmtype=([^:\0]+):/g);
  return [...new Set([...matches].map(([, module, parameter]) => `${module}.${parameter}`))].sort();
}
