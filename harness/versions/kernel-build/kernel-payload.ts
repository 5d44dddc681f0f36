import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { execa } from 'execa';
import { toolPath } from '../../host/requirements.ts';

/** Linux x86 boot protocol 2.08 and later (Documentation/x86/boot.rst): where a bzImage says where its payload is. */
const SETUP_SECTORS_OFFSET = 0x1f1;
const MAGIC_OFFSET = 0x202;
const MAGIC = 'HdrS';
const PAYLOAD_OFFSET_OFFSET = 0x248;
const PAYLOAD_LENGTH_OFFSET = 0x24c;
const SECTOR_BYTES = 512;

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
  if (image.length < PAYLOAD_LENGTH_OFFSET + 4) return undefined;
  if (image.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + MAGIC.length) !== MAGIC) return undefined;
  const setup = (image.readUInt8(SETUP_SECTORS_OFFSET) + 1) * SECTOR_BYTES;
  const start = setup + image.readUInt32LE(PAYLOAD_OFFSET_OFFSET);
  const length = image.readUInt32LE(PAYLOAD_LENGTH_OFFSET);
  return length === 0 ? undefined : image.subarray(start, start + length);
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
