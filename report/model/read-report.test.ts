import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeRunComparison } from '../../harness/record/comparison-file.ts';
import { driftChart } from '../charts/drift.ts';
import { latencyChart } from '../charts/latency.ts';
import { comparisonOf } from '../html/optional-parts.fixture.ts';
import { type SyntheticRun, writeSyntheticRun } from '../synthetic-run.ts';
import { readReport } from './read-report.ts';
import type { ReportModel } from './report-model.ts';

const FAILURE = { boot: 2, detail: 'nothing within 30 s', console: 'one\r\ntwo\n' };

async function directoryOf(over: Partial<SyntheticRun> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'read-report-'));
  const run = { runId: 'made-up', scenario: 'quick', variants: ['shpc', 'native'], boots: 2, cycles: 3 };
  await writeSyntheticRun(directory, { ...run, ...over });
  return directory;
}

async function modelOf(...directories: readonly string[]): Promise<ReportModel> {
  const model = await readReport(directories);
  if (!model.ok) throw new Error(model.failure);
  return model.value;
}

test('a run directory becomes a model: figures from its files, none computed', async () => {
  const directory = await directoryOf();
  const summary = JSON.parse(await readFile(join(directory, 'summary.json'), 'utf8'));
  const { scenarios, runs, comparisons } = await modelOf(directory);
  expect(runs).toMatchObject([{ runId: 'made-up', label: '', isHome: true, status: 'complete', warnings: [] }]);
  expect(comparisons).toEqual([]);
  expect(scenarios).toMatchObject([
    {
      name: 'quick',
      slug: 'quick',
      operations: ['boot', 'plug', 'unplug'],
      variants: [
        { label: 'shpc', topology: 'shpc-bridge', controller: 'shpchp', look: 0, slug: 'quick-shpc' },
        { label: 'native', topology: 'pcie-root-port', controller: 'pciehp', look: 1, slug: 'quick-native' },
      ],
    },
  ]);
  const plug = scenarios[0]?.variants[0]?.operations.find(({ operation }) => operation === 'plug');
  const written = summary.operations.find((one: { operation: string }) => one.operation === 'plug');
  expect(plug?.latency?.p50Ms).toBe(written.p50_ms);
  expect(plug?.samples).toBe(6);
  expect(scenarios[0]?.samples).toHaveLength(2 * 2 * (1 + 3 * 2));
});

test('the median and the worst sample come from the recordings, with every line that was seen', async () => {
  const { scenarios } = await modelOf(await directoryOf());
  const timelines = scenarios[0]?.variants[0]?.timelines ?? [];
  expect(timelines.map(({ sample, which }) => `${which} ${sample.operation}`)).toEqual([
    'median plug',
    'worst plug',
    'median unplug',
    'worst unplug',
  ]);
  const [plug] = timelines;
  expect(plug?.phases.map(({ name }) => name)).toContain('button-wait');
  expect(plug?.events[0]).toMatchObject({ atMs: 0, source: 'QMP', text: 'device_add is written' });
  expect(plug?.events.at(-1)).toMatchObject({ atMs: plug?.latencyMs, source: 'agent' });
  expect(plug?.events.some(({ text }) => text.includes('Button pressed'))).toBe(true);
  expect(plug?.events.some(({ text }) => text.startsWith('hotplug-bench:'))).toBe(false);
});

test('a failure comes with the end of the logs and the way to start the machine', async () => {
  const { scenarios } = await modelOf(await directoryOf({ failure: FAILURE }));
  expect(scenarios[0]?.failures).toMatchObject({
    total: 1,
    shown: [
      {
        sample: { outcome: 'timeout', boot: 2, detail: FAILURE.detail },
        logs: 'logs/0.2',
        logFiles: ['console.log', 'qemu.sh'],
        excerpts: [{ file: 'console.log', text: 'one\ntwo' }],
      },
    ],
  });
});

test('runs of two hosts are side by side, each variant beside itself, in one hue and two shapes', async () => {
  const [one, other] = [await directoryOf(), await directoryOf({ runId: 'other' })];
  const file = join(other, 'run.json');
  const run = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...run, host: { ...run.host, hostname: 'second' } }));
  const { scenarios, runs } = await modelOf(one, other);
  expect(runs.map(({ label, isHome }) => [label, isHome])).toEqual([
    ['synthetic', true],
    ['second', false],
  ]);
  expect(scenarios[0]?.variants.map(({ label, look }) => [label, look])).toEqual([
    ['shpc (synthetic)', 0],
    ['shpc (second)', 8],
    ['native (synthetic)', 1],
    ['native (second)', 9],
  ]);
});

test('a run without its summary is shown with what there is, and says what is not', async () => {
  const directory = await directoryOf();
  await rm(join(directory, 'summary.json'));
  await rm(join(directory, 'recording'), { recursive: true });
  const { runs, scenarios } = await modelOf(directory);
  expect(runs[0]?.warnings).toEqual([expect.stringContaining('summary.json cannot be read')]);
  expect(scenarios[0]?.samples.length).toBeGreaterThan(0);
  expect(scenarios[0]?.variants[0]?.operations).toEqual([]);
});

test('rows that are cut off are a failure that names the directory, and says how to make them anew', async () => {
  const directory = await directoryOf();
  const file = join(directory, 'samples.csv');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, text.lastIndexOf(',') - 20));
  const failure = expect.stringMatching(`^${directory}: its samples.csv is cut off in its last line: "analyse"`);
  expect(await readReport([directory])).toEqual({ ok: false, failure });
});

test('of several runs one that cannot be believed is left out, and the page says so; not the one that it lies in', async () => {
  const [good, bad] = [await directoryOf(), await directoryOf({ runId: 'other' })];
  await rm(join(bad, 'samples.csv'));
  const said: string[] = [];
  const read = await readReport([good, bad], { say: (line) => said.push(line) });
  const leftOut = expect.stringMatching(`^left out: ${bad}: its samples.csv cannot be read`);
  expect(read).toMatchObject({ ok: true, value: { runs: [{ runId: 'made-up', warnings: [leftOut] }] } });
  expect(said).toEqual([leftOut]);
  expect(await readReport([bad, good])).toMatchObject({ ok: false });
});

test('paths that lead out of the run directory are not followed', async () => {
  const directory = await directoryOf({ failure: FAILURE });
  const file = join(directory, 'run.json');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replaceAll('logs/', '../../etc/').replaceAll('recording/', '/etc/'),
  );
  const { scenarios } = await modelOf(directory);
  expect(scenarios[0]?.failures.shown[0]).toMatchObject({ logs: undefined, excerpts: [] });
  expect(scenarios[0]?.variants[0]?.boots[0]).toMatchObject({ logs: undefined, recording: undefined });
});

test('a directory that is no run is a failure that names the file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'read-report-'));
  expect(await readReport([directory])).toMatchObject({ ok: false, failure: expect.stringContaining('run.json') });
});

test('plugs during the boot are in none of the latencies', async () => {
  const directory = await directoryOf();
  const file = join(directory, 'samples.csv');
  const [header = '', ...rows] = (await readFile(file, 'utf8')).split('\n');
  const place = header.split(',').indexOf('offset_ms');
  const racing = rows.map((row) => (row.includes(',plug,') ? row.split(',').with(place, '250').join(',') : row));
  await writeFile(file, [header, ...racing].join('\n'));
  const [scenario] = (await modelOf(directory)).scenarios;
  if (!scenario) throw new Error('the scenario is gone');
  const operations = scenario.variants.map((variant) => variant.operations.map(({ operation }) => operation));
  expect(operations).toEqual([
    ['boot', 'unplug'],
    ['boot', 'unplug'],
  ]);
  expect(scenario.variants[0]?.timelines.map(({ sample }) => sample.operation)).toEqual(['unplug', 'unplug']);
  expect(latencyChart(scenario, 'plug')).toBeUndefined();
  expect(driftChart(scenario, 'plug')).toBeUndefined();
});

test('what a run was compared with when it had ended is in its report, unless another comparison is given', async () => {
  const directory = await directoryOf();
  const compared = {
    base: { label: 'main', runId: 'r0' },
    current: { label: 'made-up', runId: 'made-up' },
    forced: false,
  };
  await writeRunComparison(directory, { ...compared, comparisons: [comparisonOf('shpc', 'regressed')], added: [] });
  expect((await modelOf(directory)).comparisons).toMatchObject([{ variant: 'shpc', verdict: 'regressed' }]);
  const given = await readReport([directory], { comparisons: [] });
  expect(given.ok && given.value.comparisons).toEqual([]);
  await writeFile(join(directory, 'comparison.json'), '{}');
  const { comparisons, runs } = await modelOf(directory);
  expect(comparisons).toEqual([]);
  expect(runs[0]?.warnings[0]).toContain('comparison.json');
});
