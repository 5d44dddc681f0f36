import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { soundScenarioOf } from '../scenario/test-scenario.ts';
import { hostJson, writeRunJson } from './run-json.ts';
import type { RunState } from './run-state.ts';

const HOST = {
  hostname: 'h',
  cpuModel: 'c',
  cores: 2,
  memoryMiB: 1,
  kernel: '6.1',
  qemu: 'QEMU 7.2',
  governor: 'none',
  load: 0,
};
const GUEST: ReadyVariant['guest'] = {
  kernelImage: '',
  initramfs: '',
  release: '6.1',
  source: 'stock',
  identity: 'ab',
  description: 'Debian',
};

/** What `run.json` says of a run of these variants, each with a QEMU of its own where a version is given. */
async function writtenRun(variants: string, ...versions: readonly (string | undefined)[]) {
  const scenario = soundScenarioOf(
    `name: tiny\ndefaults: { topology: acpi-root-port }\nvariants: ${variants}\nsequence: [boot]\n`,
  );
  const ready = scenario.variants.map((variant, index): ReadyVariant => {
    const version = versions[index];
    return {
      variant,
      qemu: '/usr/bin/qemu',
      ...(version !== undefined && { qemuVersion: version }),
      guest: GUEST,
      accelerator: { asked: 'tcg', used: 'tcg', why: 'test' },
      parts: [],
      leftOut: [],
      sharesMemory: false,
    };
  });
  const state: RunState = {
    tool: { version: '0', commit: 'test' },
    commandLine: [],
    startedAt: new Date(0),
    host: HOST,
    scenarios: [scenario],
    runId: 'r',
    seed: 1,
    plan: { hash: '', boots: 0, choices: {} },
    ready,
    boots: [],
    samples: [],
    status: 'complete',
    finishedAt: undefined,
  };
  const directory = await mkdtemp(join(tmpdir(), 'run-json-'));
  await writeRunJson(directory, state);
  return JSON.parse(await readFile(join(directory, 'run.json'), 'utf8'));
}

test('a run has the clocks of its variants, and those in virtual time the length of an instruction', async () => {
  const mixed = await writtenRun('{ a: { clock: virtual }, b: {} }');
  expect(mixed.clock).toBe('real, virtual');
  expect(mixed.variants).toMatchObject([
    { clock: 'virtual', icount_shift: 1 },
    { clock: 'real', icount_shift: null },
  ]);
  expect((await writtenRun('{ a: { clock: virtual } }')).clock).toBe('virtual');
  expect((await writtenRun('{ a: {} }')).clock).toBe('real');
});

test('a QEMU that a variant names has its version beside its path', async () => {
  const { variants } = await writtenRun('{ a: {}, b: { qemu: /opt/qemu } }', undefined, 'QEMU 9.1');
  expect(variants).toMatchObject([{ qemu_version: null }, { qemu_version: 'QEMU 9.1' }]);
});

test('microcode, where the host knows it', () => {
  expect(hostJson({ ...HOST, microcode: '0x1' })).toMatchObject({ microcode: '0x1' });
  expect(hostJson(HOST)).not.toHaveProperty('microcode');
});
