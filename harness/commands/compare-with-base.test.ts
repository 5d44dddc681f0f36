import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hostKeyOf, saveBaseline } from '../history/baselines.ts';
import { writtenNights } from '../history/test-night.ts';
import { compareDirectory, findBase, rootOf } from './compare-with-base.ts';

async function night() {
  const { root, directories } = await writtenNights(1, 1);
  const [directory = ''] = directories;
  const key = hostKeyOf(directory);
  if (!key.ok) throw new Error(key.failure);
  return { root, directory, key: key.value };
}

test('a name is that of a baseline of this host, a path that of a run', async () => {
  const { root, directory, key } = await night();
  await saveBaseline(root, directory, 'nightly');
  expect(await findBase('nightly', root, key)).toMatchObject({ ok: true, value: [{ label: 'nightly' }] });
  expect(await findBase(directory, root, key)).toMatchObject({
    ok: true,
    value: [{ label: expect.stringMatching(/Z-nightly$/) }],
  });
});

test('several with a comma between are one base, and none of them counts twice', async () => {
  const { root, directories } = await writtenNights(2, 1);
  const [one = '', two = ''] = directories;
  const found = await findBase(`${one},${two}`, root, 'host');
  expect(found.ok ? found.value.length : 0).toBe(2);
  const twice = await findBase(`${one},${one}`, root, 'host');
  expect(twice.ok ? '' : twice.failure.message).toContain('is named twice');
  expect(await findBase(`${one},nobody`, root, 'host')).toMatchObject({ ok: false, failure: { kind: 'absent' } });
});

test('what is not there is absent, and the text says what is', async () => {
  const { root, directory, key } = await night();
  await saveBaseline(root, directory, 'weekly');
  const other = await findBase('nightly', root, key);
  expect(other).toMatchObject({ ok: false, failure: { kind: 'absent' } });
  expect(other.ok ? '' : other.failure.message).toContain(`this host (${key}) has weekly`);
  const elsewhere = await findBase('weekly', root, 'other-12345678');
  expect(elsewhere.ok ? '' : elsewhere.failure.message).toContain(`${key} has it`);
});

test('what is there and cannot be believed is not taken for absent', async () => {
  const { root, directory, key } = await night();
  await saveBaseline(root, directory, 'nightly');
  writeFileSync(join(root, 'baselines', key, 'nightly', 'samples.csv'), 'half a li');
  mkdirSync(join(root, 'empty'));
  for (const given of ['nightly', join(root, 'empty')])
    expect(await findBase(given, root, key)).toMatchObject({ ok: false, failure: { kind: 'unusable' } });
});

test('the baselines are beside the runs, also for a run that is one', () => {
  expect(rootOf('/data/results/run')).toBe('/data/results');
  expect(rootOf('/data/results/baselines/host-1/nightly')).toBe('/data/results');
});

test('a page or a file of a run that is its own base is made, and it is said that this says nothing', async () => {
  const { directories } = await writtenNights(1, 1);
  const [own = ''] = directories;
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await compareDirectory(own, own, {})).toMatchObject({ ok: true });
    expect(err.mock.calls.join()).toContain('a run says nothing about itself');
  } finally {
    err.mockRestore();
  }
});
