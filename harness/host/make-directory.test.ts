import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

const folder = () => mkdtemp(join(tmpdir(), 'make-directory-'));

test('several at once make the same directory, with all above it', async () => {
  const root = await folder();
  for (const name of Array.from({ length: 20 }, (_, index) => String(index))) {
    const path = join(root, name, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  }
});

test('a file in the way is said, and so is a place where nothing can be made', async () => {
  const file = join(await folder(), 'file');
  await writeFile(file, '');
  await expect(makeDirectory(file)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeDirectory('/proc/nothing/there')).rejects.toMatchObject({ code: 'ENOENT' });
});
