import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { FitSeries } from '../statistics/fit.ts';
import type { Scenario } from '../variant.ts';
import { readRun } from './read-run.ts';
import { writeRunJson } from './run-json.ts';
import type { RunState } from './run-state.ts';

const fits: readonly FitSeries[] = [
  {
    scenario: 'test',
    latency: 'unplug',
    against: 'shpchp.button_delay_ms',
    name: 'shpc-bridge, shpchp.settle_ms 0',
    members: [
      { variant: 'short', x: 0 },
      { variant: 'long', x: 5000 },
    ],
  },
];
const scenario: Scenario = { file: 'test.yaml', source: '', name: 'test', question: '', variants: [], fits };
const variant = testVariant({ deadlines: { plugMs: 3000 } });
const guest = { kernelImage: '', initramfs: '', release: '6.1', source: 'stock', identity: '', description: 'Debian' };
const accelerator = { asked: 'tcg', used: 'tcg', why: 'tcg was asked for' } as const;
const state: RunState = {
  tool: { version: '0', commit: 'test' },
  commandLine: [],
  startedAt: new Date(0),
  host: { hostname: '', cpuModel: '', cores: 2, memoryMiB: 1, kernel: '', qemu: '', governor: '', load: 0 },
  scenarios: [scenario],
  runId: 'r',
  seed: 1,
  plan: { hash: '', boots: 0, choices: {} },
  ready: [
    {
      variant,
      qemu: '',
      guest: { ...guest, source: 'stock' },
      accelerator,
      parts: [],
      leftOut: [],
      sharesMemory: false,
    },
  ],
  boots: [],
  samples: [],
  status: 'complete',
  finishedAt: new Date(1),
};

async function writtenRun(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'read-run-'));
  await writeRunJson(directory, state);
  return directory;
}

test('what an analysis needs of a run is read back as it was', async () => {
  const read = await readRun(await writtenRun());
  expect(read).toMatchObject({
    ok: true,
    value: {
      runId: 'r',
      fits,
      variants: [{ scenario: 'test', name: 'shpc', deadlines: { plugMs: 3000 }, accelerator: 'tcg', kernel: 'Debian' }],
    },
  });
});

test('a run from before there were fits has none', async () => {
  const directory = await writtenRun();
  const file = join(directory, 'run.json');
  const written = JSON.parse(await readFile(file, 'utf8'));
  const { fits: _, ...older } = written.scenarios[0];
  await writeFile(file, JSON.stringify({ ...written, scenarios: [older] }));
  expect(await readRun(directory)).toMatchObject({ ok: true, value: { fits: [] } });
});

test('a directory that is no run is a failure that names the file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'read-run-'));
  expect(await readRun(directory)).toMatchObject({ ok: false, failure: expect.stringContaining('run.json') });
});
