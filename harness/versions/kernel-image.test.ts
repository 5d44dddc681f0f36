import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bzImage } from './kernel-image.fixture.ts';
import { builtinParameters, readKernelImage } from './kernel-image.ts';

let directory: string;
let path: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotplug-bench-image-'));
  path = join(directory, 'bzImage');
});

afterAll(() => rm(directory, { recursive: true }));

test.each(['6.1.0-56-amd64', '6.18.44-own', '7.0.0-rc1+', '6.1.192'])('knows release %s', async (release) => {
  await writeFile(path, bzImage(release));
  const identity = createHash('sha256').update(bzImage(release)).digest('hex');
  expect(await readKernelImage(path)).toEqual({ ok: true, value: { release, identity } });
});

test('a file that is not there is a failure that names it', async () => {
  const failure = { what: expect.stringContaining(`${path}-not`), remedy: expect.any(String) };
  expect(await readKernelImage(`${path}-not`)).toEqual({ ok: false, failure });
});

test('no other file is taken for a kernel, whatever is in it and wherever it ends', async () => {
  const whole = bzImage('6.1.0');
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 0x400 }),
    fc.nat({ max: 0x2ff }).map((length) => whole.subarray(0, length)),
    fc.constant(Buffer.from('\x7fELF')),
  );
  await fc.assert(
    fc.asyncProperty(broken, async (bytes) => {
      await writeFile(path, bytes);
      expect(await readKernelImage(path)).toMatchObject({
        ok: false,
        failure: { what: expect.stringContaining(path) },
      });
    }),
  );
});

/** As in a kernel's modules.builtin.modinfo. */
function modinfo(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\0`).join(''), 'latin1');
}

test('parameters are named as on the kernel command line, each once, sorted', () => {
  const content = modinfo(
    'shpchp.license=GPL',
    'shpchp.parm=settle_ms:Time to settle, in milliseconds',
    'shpchp.parmtype=settle_ms:uint',
    'shpchp.parmtype=shpchp_debug:bool',
    'pciehp.parmtype=button_delay_ms:uint',
    'pciehp.parmtype=button_delay_ms:uint',
  );
  expect(builtinParameters(content)).toEqual(['pciehp.button_delay_ms', 'shpchp.settle_ms', 'shpchp.shpchp_debug']);
});

test('a description that looks like a parameter is none', () => {
  expect(builtinParameters(modinfo('a.description=see b.parmtype=c:int', 'a.parm=x:y.parmtype=z:int'))).toEqual([]);
});

test('an empty file has none', () => {
  expect(builtinParameters(Buffer.alloc(0))).toEqual([]);
});
