import { existsSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { findBaseline, hostKey, hostKeyOf, listBaselines, saveBaseline } from './baselines.ts';
import { writtenNights } from './test-night.ts';

const HOST = { hostname: 'lab-3', cpuModel: 'Xeon', cores: 8 };

test('a run is found again as the baseline of its host, and stays when the run goes on changing', async () => {
  const { root, directories } = await writtenNights(2, 1);
  const [first = '', second = ''] = directories;
  const saved = await saveBaseline(root, first, 'nightly');
  const key = hostKeyOf(first);
  if (!saved.ok || !key.ok) throw new Error('not saved');
  expect(saved.value.directory).toBe(join(root, 'baselines', key.value, 'nightly'));
  expect(findBaseline(root, key.value, 'nightly')).toEqual(saved.value);
  expect(findBaseline(root, key.value, 'other')).toBeUndefined();
  expect(findBaseline(root, 'other-12345678', 'nightly')).toBeUndefined();
  expect(readdirSync(saved.value.directory).toSorted()).toEqual(readdirSync(first).toSorted());

  await saveBaseline(root, second, 'nightly');
  expect(listBaselines(root)).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(saved.value.directory, 'run.json'), 'utf8')).run_id).toBe(basename(second));
  expect(readdirSync(join(root, 'baselines', key.value))).toEqual(['nightly']);
});

test('killed between its two renames, saving leaves the baseline that was there', async () => {
  const { root, directories } = await writtenNights(2, 1);
  const [first = '', second = ''] = directories;
  const saved = await saveBaseline(root, first, 'nightly');
  if (!saved.ok) throw new Error(saved.failure);
  const folder = join(root, 'baselines', saved.value.hostKey);
  renameSync(join(folder, 'nightly'), join(folder, '.nightly.old'));
  const left = { name: 'nightly', hostKey: saved.value.hostKey, directory: join(folder, '.nightly.old') };
  expect(listBaselines(root)).toEqual([left]);
  expect(findBaseline(root, saved.value.hostKey, 'nightly')).toEqual(left);
  // Saving once more must not take it away before the next is there.
  expect(await saveBaseline(root, join(root, 'nothing'), 'nightly')).toMatchObject({ ok: false });
  expect(listBaselines(root)).toEqual([left]);
  expect(await saveBaseline(root, second, 'nightly')).toMatchObject({ ok: true });
  expect(readdirSync(folder)).toEqual(['nightly']);
});

test('a link to a run directory is a baseline, too', async () => {
  const { root, directories } = await writtenNights(1, 1);
  const saved = await saveBaseline(root, directories[0] ?? '', 'a');
  if (!saved.ok) throw new Error(saved.failure);
  symlinkSync(join(root, basename(directories[0] ?? '')), join(root, 'baselines', saved.value.hostKey, 'b'));
  expect(listBaselines(root).map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each(['', '.', '..', '../x', 'a/b', '-x', '.x'])('"%s" is no name', async (name) => {
  const { root, directories } = await writtenNights(1, 1);
  expect(await saveBaseline(root, directories[0] ?? '', name)).toMatchObject({ ok: false });
  expect(existsSync(join(root, 'baselines'))).toBe(false);
});

test('what is no run cannot become a baseline', async () => {
  const { root } = await writtenNights(1, 1);
  expect(await saveBaseline(root, root, 'x')).toMatchObject({ ok: false, failure: expect.stringContaining(root) });
});

test('the key names the host, is safe as a file name, and differs with the hardware', () => {
  expect(hostKey(HOST)).toMatch(/^lab-3-[0-9a-f]{8}$/);
  expect(hostKey({ ...HOST, cores: 4 })).not.toBe(hostKey(HOST));
  expect(hostKey({ ...HOST, cpuModel: 'EPYC' })).not.toBe(hostKey(HOST));
  expect(hostKey({ ...HOST, hostname: '../../etc' })).toMatch(/^etc-[0-9a-f]{8}$/);
  expect(hostKey({ ...HOST, hostname: '' })).toMatch(/^host-/);
});

test('without any there are none', () => {
  expect(listBaselines('/nowhere')).toEqual([]);
});
