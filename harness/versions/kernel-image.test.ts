import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bzImage } from './kernel-image.fixture.ts';
import { readKernelImage } from './kernel-image.ts';

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
