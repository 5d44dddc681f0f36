import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plannedBoot } from '../plan/schedule.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { readBoots } from './boots-on-disk.ts';

const variant = testVariant({ bootMode: 'snapshot' });
const planned = [1, 2].map((boot) => plannedBoot(variant, boot, 1));

/** A run directory with these boots, each as one that was recorded for real; number 0 is only booted. */
async function withBoots(boots: readonly number[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hotplug-bench-boots-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'recording'));
  await mkdir(join(directory, 'logs'));
  const text = await readFile(new URL('../timeline/fixtures/acpi-root-port.jsonl', import.meta.url), 'utf8');
  const [header = '', ...lines] = text.split('\n');
  for (const boot of boots) {
    const own = JSON.stringify({ ...JSON.parse(header), scenario: 'test', variant: 'shpc', boot });
    const isEnd = (line: string) => line.includes('"event":"end"');
    const firstEnd = lines.findIndex(isEnd);
    const kept = boot === 0 ? lines.filter((line, index) => index <= firstEnd || !isEnd(line)) : lines;
    await writeFile(join(directory, 'recording', `${boot}.jsonl`), [own, ...kept].join('\n'));
  }
  return directory;
}

async function readSound(directory: string) {
  const read = await readBoots(directory, planned);
  if (!read.ok) throw new Error(read.failure);
  return read.value;
}

test.each(['recording', 'logs'])(
  '%s that is a link is refused: what is not whole would be removed from its target',
  async (folder) => {
    const directory = await withBoots([1]);
    await rename(join(directory, folder), join(directory, 'elsewhere'));
    await symlink('elsewhere', join(directory, folder));
    expect(await readBoots(directory, planned)).toEqual({
      ok: false,
      failure: expect.stringMatching(/this is a link/),
    });
  },
);

test('the boot that was saved for the others stays while none of them is left', async () => {
  const { whole, others, left } = await readSound(await withBoots([0, 1, 2]));
  expect(whole.map(({ name }) => name).toSorted()).toEqual(['0', '1', '2']);
  expect([others, left]).toEqual([[], []]);
});

test('it is made anew where boots are left that need it', async () => {
  const { whole, others, left } = await readSound(await withBoots([0, 2]));
  expect(whole.map(({ name }) => name)).toEqual(['2']);
  expect(others).toEqual(['0']);
  expect(left).toEqual([planned[0]]);
});
