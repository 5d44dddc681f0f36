import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writtenNights } from '../history/test-night.ts';
import { designNight } from './night-design.ts';

function scenario(extra = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'design-')), 'nightly.yaml');
  const text = `name: nightly
defaults: { sampling: { boots: 2, cycles: 1 } ${extra} }
variants:
  shpc-01: { topology: shpc-bridge }
sequence: [boot, plug: virtio-blk, unplug: virtio-blk]
`;
  writeFileSync(file, text);
  return file;
}
const night = (scenarios: readonly string[], out: string) =>
  designNight({ scenarios, out, strictHost: false, acceptUndecided: false, baseline: 'nightly' });

test('where nothing is known nothing is chosen, and that is said', async () => {
  const { root } = await writtenNights(9, 2);
  // Those nights are of another host.
  const { flags, lines } = await night([scenario()], root);
  expect(flags).toEqual([]);
  expect(lines.join()).toContain('nothing can be said of what it can find');
});

test('what earlier nights of this host have taught is said before it starts, with what cannot be found', async () => {
  const { root, directories } = await writtenNights(9, 2);
  for (const directory of directories) {
    const file = join(directory, 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"synthetic"', JSON.stringify(hostname())));
  }
  const { lines } = await night([scenario()], root);
  expect(lines.join('\n')).toMatch(/nightly\/shpc-01 +plug .*\(9 runs\)/);
  expect(lines.join('\n')).toContain('not to be found with that: 10.0 %');
});

test('virtual time and a broken scenario are left to the run', async () => {
  const { root } = await writtenNights(1, 1);
  expect(await night([scenario(', clock: virtual')], root)).toEqual({ flags: [], lines: [] });
  expect(await night(['/nowhere.yaml'], root)).toEqual({ flags: [], lines: [] });
});
