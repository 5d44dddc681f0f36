import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bzImage } from './kernel-image.fixture.ts';
import { customKernel, hostKernel } from './own-kernel.ts';

const RELEASE = '6.1.0-own';
let root: string;
let image: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hotplug-bench-own-'));
  image = join(root, 'boot', `vmlinuz-${RELEASE}`);
  await mkdir(join(root, 'boot'));
  await writeFile(image, bzImage(RELEASE));
});

afterEach(() => rm(root, { recursive: true }));

async function modules(release = RELEASE): Promise<string> {
  const directory = join(root, 'lib', 'modules', release);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'modules.dep'), '');
  return directory;
}

describe('the host’s kernel', () => {
  test('comes with its modules', async () => {
    const modulesDirectory = await modules();
    expect(await hostKernel(root, RELEASE)).toMatchObject({
      ok: true,
      value: { image, release: RELEASE, modulesDirectory },
    });
  });

  test('without modules has everything built in', async () => {
    const kernel = await hostKernel(root, RELEASE);
    expect(kernel.ok && kernel.value).not.toHaveProperty('modulesDirectory');
  });

  test('that is not in /boot is a failure that says where it was looked for', async () => {
    const remedy = expect.stringContaining(join(root, 'boot', 'vmlinuz-6.2.0'));
    expect(await hostKernel(root, '6.2.0')).toMatchObject({ ok: false, failure: { remedy } });
  });
});

describe('a kernel of one’s own', () => {
  test('without modules has everything built in', async () => {
    const kernel = await customKernel(image);
    expect(kernel).toMatchObject({ ok: true, value: { image, release: RELEASE } });
    expect(kernel.ok && kernel.value).not.toHaveProperty('modulesDirectory');
  });

  test('finds its modules from their root and from their own directory', async () => {
    const modulesDirectory = await modules();
    expect(await customKernel(image, root)).toMatchObject({ ok: true, value: { modulesDirectory } });
    expect(await customKernel(image, modulesDirectory)).toMatchObject({ ok: true, value: { modulesDirectory } });
  });

  test('with another kernel’s modules is a failure that names both', async () => {
    const other = await modules('6.9.9');
    for (const directory of [root, other]) {
      const result = await customKernel(image, directory);
      expect(result).toMatchObject({ ok: false, failure: { what: expect.stringContaining(RELEASE) } });
      expect(!result.ok && result.failure.what).toContain('6.9.9');
    }
  });
});
