import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { runReal } from './test-run.ts';

/** Its plug and unplug take a tenth of a second. */
const quick = testVariant({
  name: 'quick',
  topology: 'acpi-root-port',
  topologyOptions: { ports: 1 },
  sampling: { boots: 3, cycles: 1, warmup: 0 },
});

test('a lane of its own for each machine: the first boot runs alone, the others side by side on their own CPUs', async () => {
  let directory = '';
  const cpusOf = new Map<number, string>();
  const run = await runReal([quick], {
    lanes: [
      { jobs: 2, cpuList: '0' },
      { jobs: 2, cpuList: '1' },
    ],
    onDirectory: (path) => {
      directory = path;
    },
    // The sample of a boot comes while its machine runs.
    onProgress: (progress) => {
      if (progress.kind !== 'sample' || progress.sample.operation !== 'boot') return;
      const { boot } = progress.sample;
      const recording = readFileSync(join(directory, 'recording', `test.quick.00${boot}.jsonl`), 'utf8');
      const pid = /"event":"started","pid":(\d+)/.exec(recording)?.[1];
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      cpusOf.set(boot, /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
    },
  });
  expect(run.samples.map(({ outcome }) => outcome)).toEqual(Array(9).fill('ok'));
  expect(run.samples.map(({ boot, jobs }) => [boot, jobs]).toSorted()).toEqual(
    [1, 2, 3].flatMap((boot) => Array(3).fill([boot, boot === 1 ? 1 : 2])),
  );
  const rows: Record<string, string>[] = parse(readFileSync(join(run.directory, 'samples.csv')), { columns: true });
  expect(rows.map((row) => row.jobs)).toEqual(run.samples.map(({ jobs }) => String(jobs)));
  expect(cpusOf.get(1)).not.toMatch(/^[01]$/);
  expect([cpusOf.get(2), cpusOf.get(3)].toSorted()).toEqual(['0', '1']);
  expect(run.samples.map(({ order }) => order)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const boots = [2, 3].map((boot) => run.samples.filter((sample) => sample.boot === boot));
  const [start, end] = boots.map((own) => own.map(({ startedAt }) => startedAt.getTime()));
  expect(Math.min(...(end ?? []))).toBeLessThan(Math.max(...(start ?? [])));
  expect(run.findings.sideBySide[0]).toMatchObject({ jobs: 2, verdict: 'unknown' });
  expect(run.survivors).toBe(0);
});

test('an interrupt ends all machines at the same moment, and run.json is written for each', async () => {
  const interrupt = new AbortController();
  const run = await runReal([quick], {
    lanes: [{ jobs: 2 }, { jobs: 2 }],
    signal: interrupt.signal,
    // The last of three boots: two are under way.
    onProgress: (progress) => {
      if (progress.kind === 'boot' && progress.index === 2) setTimeout(() => interrupt.abort(), 1_000);
    },
  });
  expect(run.interrupted).toBe(true);
  expect(run.outcomes).toEqual(['boot ok', 'plug ok', 'unplug ok', 'boot aborted', 'boot aborted']);
  const { status, boots } = JSON.parse(readFileSync(join(run.directory, 'run.json'), 'utf8'));
  expect(status).toBe('partial');
  expect(boots).toHaveLength(3);
  expect(run.survivors).toBe(0);
});
