import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { makeWorld } from '../../harness/commands/bench-process.ts';
import { projectRoot } from '../../harness/project-root.ts';
import { startSlurm, whyNoSlurm } from './one-node-slurm.ts';

const missing = whyNoSlurm();
/** Two parts, one after the other since each takes the whole node, on a machine that may be busy. */
const JOBS_TIMEOUT_MS = 300_000;

test.skipIf(missing !== undefined)(
  `an array job of two members under a real Slurm${missing === undefined ? '' : ` (${missing})`}: one merged run`,
  { timeout: 2 * JOBS_TIMEOUT_MS },
  async () => {
    const world = makeWorld();
    chmodSync(world.directory, 0o755);
    const slurm = await startSlurm(world.directory);
    const text = [
      'name: cluster',
      'defaults: { clock: virtual, guest: { kernel: patched, cpus: 1 }, sampling: { boots: 1, cycles: 1, warmup: 0 } }',
      'variants: { one: { topology: shpc-bridge }, two: { topology: acpi-root-port } }',
      'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
      '',
    ];
    const scenario = world.write('cluster.yaml', text.join('\n'));
    const script = join(projectRoot, 'scripts', 'cluster', 'hotplug-bench.sbatch');
    const submitted = await world.start(
      'sbatch',
      ['--parsable', `--output=${join(world.directory, 'member-%a.log')}`, script, scenario],
      { env: { ...slurm.env, HOTPLUG_BENCH_RESULTS: world.out } },
    );
    expect(submitted.stderr).toBe('');
    const job = submitted.stdout.trim();
    await slurm.untilIdle(JOBS_TIMEOUT_MS);

    const logs = [
      join(world.out, 'parts', job, 'merge.log'),
      ...[1, 2].map((n) => join(world.directory, `member-${n}.log`)),
    ];
    const said = logs.map((log) => readFileSync(log, 'utf8'));
    expect(said[0]).toContain('2 parts, 6 samples');
    expect(readdirSync(join(world.out, 'parts', job)).toSorted()).toEqual(['1', '2', 'merge.log']);
    const samples: Record<string, string>[] = parse(world.read('samples.csv'), { columns: true });
    expect(samples.map(({ variant, operation, outcome }) => `${variant} ${operation} ${outcome}`).toSorted()).toEqual(
      ['one', 'two'].flatMap((variant) => ['boot', 'plug', 'unplug'].map((operation) => `${variant} ${operation} ok`)),
    );
    const run = JSON.parse(world.read('run.json'));
    expect(run).toMatchObject({ status: 'complete', seed: Number(job), plan: { boots: 2, shard: null } });
    expect(run.parts).toHaveLength(2);
    expect(world.leftovers()).toEqual([]);
  },
);

test.each([
  ['no scenario', { SLURM_ARRAY_TASK_MIN: '1' }, [], 'usage, in a checkout'],
  ['an array that does not begin at 1', { SLURM_ARRAY_TASK_MIN: '0' }, ['x.yaml'], 'the array has to be 1-N'],
])('%s: exit 2 and what is wrong', async (_, env, args, message) => {
  const world = makeWorld();
  const script = join(projectRoot, 'scripts', 'cluster', 'hotplug-bench.sbatch');
  const { exitCode, stderr } = await world.start('sh', [script, ...args], { env });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
