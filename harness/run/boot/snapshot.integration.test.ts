import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { type RealRun, runReal } from '../test-run.ts';

/** Guests that are saved and restored, and what runs beside machines, in real QEMU. */

const DEFAULTS = 'guest: { kernel: patched }, sampling: { boots: 1, cycles: 1, warmup: 0 }, topology: acpi-bridge';

function variantsOf(defaults: string, lines: string) {
  const text = `name: saved\ndefaults: { ${[DEFAULTS, defaults].filter(Boolean).join(', ')} }\n${lines}\n`;
  return soundScenarioOf(text, '/scenarios/saved.yaml').variants;
}

/** `operation outcome` of the boots that were restored, or of the only one, by variant. */
function outcomesOf({ samples }: RealRun, variant: string) {
  return samples
    .filter((sample) => sample.variant === variant && sample.boot > 0)
    .map(({ operation, outcome }) => `${operation} ${outcome}`);
}

test('restored guests take a device with shared memory, are what fresh ones are, and leave no saved guest', async () => {
  const seen: (readonly string[])[] = [];
  let directory = '';
  const run = await runReal(
    variantsOf(
      'boot_mode: snapshot',
      `variants:
  kata: { topology: kata, sequence: [boot, plug: virtio-blk, unplug] }
  shared: { sequence: [boot, plug: vhost-user-fs, unplug] }
  says: { sequence: [boot, wait: { until: "Linux version", timeout: 1s }, plug: virtio-rng] }
  foreign: { topology: pcie-root-port, guest: { parameters: { pcie_ports: compat } }, sequence: [boot, plug: virtio-rng] }`,
    ),
    {
      onDirectory: (path) => {
        directory = path;
      },
      onProgress: (progress) => {
        if (progress.kind === 'sample' && progress.sample.boot === 1 && progress.sample.operation === 'boot')
          seen.push(readdirSync(join(directory, 'saved-guests')));
      },
    },
  );
  for (const variant of ['kata', 'shared'])
    expect(outcomesOf(run, variant)).toEqual(['boot ok', 'plug ok', 'unplug ok']);
  expect(outcomesOf(run, 'says')).toEqual(['boot ok', 'plug ok']);
  expect(outcomesOf(run, 'foreign')).toEqual(['boot ok', 'plug wrong-controller']);
  expect(run.boots.map(({ failure }) => failure)).toEqual(Array(8).fill(undefined));
  // One at a time: each goes with the last boot of its variant.
  expect(seen.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  expect(existsSync(join(run.directory, 'saved-guests'))).toBe(false);
  expect(run.survivors).toBe(0);
});

test('QEMU that dies in the wait at the end fails its boot, and the run', async () => {
  let directory = '';
  const run = await runReal(
    variantsOf('', 'variants: { dies: { sequence: [boot, plug: virtio-rng, unplug, wait: 2s] } }'),
    {
      onDirectory: (path) => {
        directory = path;
      },
      onProgress: (progress) => {
        if (progress.kind !== 'sample' || progress.sample.operation !== 'unplug') return;
        const recording = readFileSync(join(directory, 'recording', 'saved.dies.001.jsonl'), 'utf8');
        process.kill(Number(/"event":"started","pid":(\d+)/.exec(recording)?.[1]), 'SIGSEGV');
      },
    },
  );
  expect(run.outcomes).toEqual(['boot ok', 'plug ok', 'unplug ok']);
  const written = JSON.parse(readFileSync(join(run.directory, 'run.json'), 'utf8'));
  expect(written.status).toBe('failed');
  expect(written.boots[0].failure).toBe('after the last operation: QEMU died of SIGSEGV');
});

const LANE = { jobs: 2, cpuList: '1' };

test("everything beside a machine runs on its lane's CPUs", async () => {
  const cpus = new Map<number, ReadonlyMap<string, string>>();
  await runReal(
    variantsOf(
      '',
      'variants: { busy: { sampling: { boots: 2 }, sequence: [boot, load: { host: 1, steps: [plug: vhost-user-fs] }] } }',
    ),
    {
      lanes: [LANE, LANE],
      onProgress: (progress) => {
        if (progress.kind !== 'sample' || progress.sample.operation !== 'plug') return;
        cpus.set(progress.sample.boot, cpusOfChildren());
      },
    },
  );
  const beside = cpus.get(2);
  expect([...(beside?.keys() ?? [])]).toEqual(expect.arrayContaining(['qemu-system-x86', 'virtiofsd', 'sh']));
  expect(new Set(beside?.values())).toEqual(new Set(['1']));
});

/** The CPUs that each child of this process may run on, by its name. */
function cpusOfChildren(): ReadonlyMap<string, string> {
  const statuses = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/status`, 'utf8');
      } catch {
        return '';
      }
    });
  const field = (status: string, name: string) => new RegExp(`^${name}:\\s*(\\S+)$`, 'm').exec(status)?.[1] ?? '';
  const own = statuses.filter((status) => field(status, 'PPid') === String(process.pid));
  return new Map(own.map((status) => [field(status, 'Name'), field(status, 'Cpus_allowed_list')]));
}
