import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { findQemu } from '../host/requirements.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { makeReady } from '../run/ready/make-ready.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { ESCAPE, LAUNCHER, makeWorld, STACK_TRACE } from './bench-process.ts';

/** Runs with real guests, as a user starts them. */

const kvmWorks = await findOutWhetherKvmWorks();

/** By the same code as a run, which boots the guest under KVM once and remembers how that went. */
async function findOutWhetherKvmWorks(): Promise<boolean> {
  const registry = await openRegistry();
  const qemu = findQemu();
  if (!registry.ok || qemu === undefined) throw new Error('this host has not been set up');
  const signal = new AbortController().signal;
  const context = { qemu, registry: registry.value, signal, dryRun: false, report: () => {} };
  const ready = await makeReady([testVariant({ accelerator: 'auto' })], context);
  await registry.value.close();
  if (!ready.ok) throw new Error(ready.failure.message);
  return ready.value.ready[0]?.accelerator.used === 'kvm';
}

test('--json: one JSON document on stdout, progress on stderr, and QEMU was started as --dry-run said', async () => {
  const world = makeWorld();
  const scenario = world.scenario('acpi');
  const plan = (await world.bench(['--dry-run', scenario])).stdout;
  const run = world.bench([scenario, '--out', world.out, '--json', '--cycles', '2']);
  const commandLine = readFileSync(`/proc/${await world.untilPlugging()}/cmdline`, 'utf8').split('\0');
  const { exitCode, stdout, stderr } = await run;
  expect(exitCode).toBe(EXIT.ok);
  expect(stderr).toContain('boot 1 of 1: test/acpi');
  expect(`${stdout}${stderr}`).not.toContain(ESCAPE);
  const json = JSON.parse(stdout);
  expect(json.operations.map(({ operation, n_samples }: Record<string, unknown>) => [operation, n_samples])).toEqual([
    ['boot', 1],
    ['plug', 2],
    ['unplug', 2],
  ]);
  expect(world.outcomes()).toEqual(['boot ok', 'plug ok', 'unplug ok', 'plug ok', 'unplug ok']);
  expect(world.leftovers()).toEqual([]);

  const words = commandLine.join(' ').trim();
  const sockets = String(/path=([^,]+)\/qmp,/.exec(words)?.[1]);
  const started = words.replaceAll(sockets, 'SOCKETS').replaceAll(`${json.directory}/logs/test.acpi.001`, 'LOGS');
  expect(plan.replaceAll("'", '').split('\n')).toContain(`  ${started}`);
});

test('one variant fails: exit 3 through npm, the other is measured, and the table and its lines say what failed', async () => {
  const world = makeWorld();
  const { exitCode, stdout, stderr } = await world.npm([world.scenario('late', 'acpi'), '--out', world.out]);
  expect(exitCode).toBe(EXIT.samplesFailed);
  expect(stdout).toMatch(/^late +boot +1 +1 +> 1\.00 +> 1\.00 +1: 1 timeout$/m);
  expect(stdout).toMatch(/^acpi +boot +1 +1 +\d+ +\d+ +0$/m);
  expect(stdout).toMatch(/^timeout: test\/late boot 1, cycle 0, boot: nothing within 1 ms/m);
  expect(`${stdout}${stderr}`).not.toContain(ESCAPE);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(world.outcomes().toSorted()).toEqual(
    ['boot timeout', 'plug aborted', 'unplug aborted', 'boot ok', 'plug ok', 'unplug ok'].toSorted(),
  );
  // Nothing was said about the accelerator, so it was chosen here: the table and run.json say which, and why.
  const [described] = JSON.parse(world.read('run.json')).variants;
  expect(described.accelerator).toMatchObject({ asked: 'auto', used: kvmWorks ? 'kvm' : 'tcg' });
  expect(stdout).toContain(`\n${described.accelerator.used} (${described.accelerator.why}); guest kernel `);
  expect(world.leftovers()).toEqual([]);
});

test.skipIf(kvmWorks)('--accelerator kvm where it does not work: exit 4, why, and nothing measured', async () => {
  const world = makeWorld();
  const flags = ['--accelerator', 'kvm', '--out', world.out];
  const { exitCode, stdout, stderr } = await world.bench([world.scenario('acpi'), ...flags]);
  expect(exitCode).toBe(EXIT.hostUnable);
  expect(stderr).toMatch(/^KVM was asked for and cannot be used: .+\.$/m);
  expect(stderr).toContain('"auto" or "tcg"');
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stdout).toBe('');
  expect(world.runs()).toEqual([]);
});

test.skipIf(!kvmWorks)('--accelerator kvm where it works: it is used', async () => {
  const world = makeWorld();
  const flags = ['--accelerator', 'kvm', '--out', world.out];
  const { exitCode, stdout } = await world.bench([world.scenario('acpi'), ...flags]);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toContain('\nkvm (');
  expect(JSON.parse(world.read('run.json')).variants[0].accelerator).toMatchObject({ asked: 'kvm', used: 'kvm' });
});

/** A run on a terminal of its own, both outputs in one. Its guest has no time to boot, so it takes a second. */
async function onTerminal({ columns, ...env }: { columns: number; NO_COLOR?: string; TERM?: string }) {
  const world = makeWorld();
  const bench = [process.execPath, LAUNCHER, world.scenario('late'), '--out', world.out].join(' ');
  const { exitCode, stdout } = await world.start(
    'script',
    ['--quiet', '--return', '--command', `stty cols ${columns} rows 24; ${bench}`, '/dev/null'],
    { env: { TERM: 'xterm', ...env } },
  );
  expect(exitCode).toBe(EXIT.samplesFailed);
  return stdout;
}

/** Select Graphic Rendition with a colour; bold alone would be none. */
const COLOUR = new RegExp(`${ESCAPE}\\[(?:3[0-7]|9[0-7])m`);
const CURSOR_TO_COLUMN_1 = `${ESCAPE}[1G`;

test('on a terminal there is colour and a line that rewrites itself', async () => {
  const shown = await onTerminal({ columns: 80 });
  expect(shown).toMatch(new RegExp(`${COLOUR.source}late +boot`));
  expect(shown).toContain(CURSOR_TO_COLUMN_1);
  expect(stripVTControlCharacters(shown)).toContain('boot 1 of 1: test/late');
});

test('with NO_COLOR there is no colour on a terminal either, but the line still rewrites itself', async () => {
  const shown = await onTerminal({ columns: 80, NO_COLOR: '1' });
  expect(shown).not.toMatch(new RegExp(`${ESCAPE}\\[[\\d;]*m`));
  expect(shown).toContain(CURSOR_TO_COLUMN_1);
});

test.each([
  ['is dumb', { columns: 80, TERM: 'dumb', NO_COLOR: '' }],
  ['does not know its width', { columns: 0, NO_COLOR: '1' }],
])('a terminal that %s is written to as a file is', async (_, terminal) => {
  const shown = await onTerminal(terminal);
  expect(shown).not.toContain(ESCAPE);
  expect(shown).toContain('boot 1 of 1: test/late');
});
