import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER, makeWorld, STACK_TRACE } from './commands/bench-process.ts';
import { RUN_FLAGS } from './commands/flags.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT } from './exit-codes.ts';
import { toolVersion } from './tool-version.ts';

/** The command line without a guest: what it says, and its exit codes. */

const QUICK = 'scenarios/quick.yaml';

test('--help shows the commands, the flags of run, examples and exit codes', async () => {
  const { exitCode, stdout } = await makeWorld().bench(['--help']);
  expect(exitCode).toBe(EXIT.ok);
  for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  for (const { written } of Object.values(RUN_FLAGS)) expect(stdout).toContain(`  ${written} `);
  for (const code of Object.values(EXIT)) expect(stdout).toMatch(new RegExp(`^  ${code} `, 'm'));
  expect(stdout).toContain('npm run bench -- scenarios/quick.yaml\n');
});

test('--version and list', async () => {
  const world = makeWorld();
  expect(await world.bench(['--version'])).toMatchObject({ exitCode: EXIT.ok, stdout: toolVersion() });
  const { exitCode, stdout } = await world.bench(['list']);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toMatch(/^shpc-bridge +shpchp /m);
  expect(stdout).toMatch(/^virtio-blk +/m);
});

test.each([
  ['no arguments', [], "missing required argument 'scenario'"],
  ['an unknown flag', ['--boot', '3', QUICK], "unknown option '--boot'"],
  ['an unknown command', ['frobnicate'], 'neither a file nor a command'],
  ['a mistyped command', ['valdate', QUICK], 'did you mean "validate"?'],
  ['a command after its flags', ['--boots', '2', 'validate', QUICK], 'has to come before its flags'],
  ['a file that is not there', ['nowhere.yaml'], 'nowhere.yaml:1:1: cannot read it: no such file or directory'],
  ['no boots', ['--boots', '0', QUICK], 'A whole number from 1 to 1000 is expected'],
  ['boots that are no number', ['--boots', 'x', QUICK], 'A whole number from 1 to 1000 is expected'],
  ['boots beyond all patience', ['--boots', '9007199254740991', QUICK], 'A whole number from 1 to 1000 is expected'],
  ['half a cycle', ['--cycles', '0.5', QUICK], 'A whole number from 1 to 1000 is expected'],
  ['a seed below zero', ['--seed', '-1', QUICK], 'A whole number from 0 to 4294967295 is expected'],
  ['an unknown accelerator', ['--accelerator', 'foo', QUICK], 'Allowed choices are auto, kvm, tcg'],
  ['a flag without its value', ['--filter'], 'argument missing'],
  ['a filter that matches nothing', ['--filter', 'vfio', QUICK], 'There are quick/shpc, quick/native'],
  ['a filter of nothing', ['--filter', ',', QUICK], 'There are quick/shpc, quick/native'],
  ['JSON of a dry run', ['--dry-run', '--json', QUICK], 'cannot be used with'],
  ['a part without a seed', ['--shard', '1/2', QUICK], '--shard needs --seed <n>'],
  ['a part beyond the last', ['--shard', '3/2', '--seed', '1', QUICK], 'Which part and of how many is expected'],
  ['more machines than the host has CPUs', ['--jobs', '1000', QUICK], 'one is left to the harness'],
  ['the same scenario twice', [QUICK, QUICK], 'is already that of scenarios/quick.yaml'],
])('%s: exit 2, a line that helps, nothing started', async (_, args, message) => {
  const world = makeWorld();
  const { exitCode, stdout, stderr } = await world.bench(['--out', world.out, ...args]);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stdout).toBe('');
  expect(exitCode).toBe(EXIT.usage);
  expect(world.runs()).toEqual([]);
});

test('analyse of what is no run: exit 2, and what was expected', async () => {
  const world = makeWorld();
  const { exitCode, stderr } = await world.bench(['analyse', world.directory]);
  expect(exitCode).toBe(EXIT.usage);
  expect(stderr).toContain('a run directory was expected');
  expect(stderr).not.toMatch(STACK_TRACE);
});

test('validate shows every variant with what was filled in', async () => {
  const { exitCode, stdout } = await makeWorld().bench(['validate', QUICK]);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toContain('quick (scenarios/quick.yaml): 5 variants');
  expect(stdout).toMatch(/^ {2}shpc \(reference\) +shpc-bridge$/m);
  expect(stdout).toMatch(/^ {2}acpi-i440fx +acpi-i440fx$/m);
  // What all have in common is said once.
  expect(stdout.match(/^ {2}timeouts +boot 2 min, plug 30 s, unplug 30 s$/gm)).toHaveLength(1);
});

test('validate names every mistake in all files by line and column', async () => {
  const world = makeWorld();
  const first = world.write(
    'first.yaml',
    'name: first\nvariants:\n  a: { topology: shpc-brige, colour: red }\nsequence: [boot]\n',
  );
  const second = world.write('second.yaml', 'name: second\nvariants: {}\nsequence: [boot]\n');
  const { exitCode, stdout, stderr } = await world.bench(['validate', first, QUICK, second]);
  expect(exitCode).toBe(EXIT.usage);
  expect(stdout).toBe('');
  expect(stderr).toContain(`${first}:3:18: `);
  expect(stderr).toContain('did you mean "shpc-bridge"?');
  expect(stderr).toContain(`${first}:3:30: `);
  expect(stderr).toContain(`${second}:2:11: `);
  expect(stderr).not.toContain(QUICK);
});

test('--dry-run prints variants, order and command lines; the order is that of the seed; nothing is started', async () => {
  const world = makeWorld();
  const plan = async (seed: number) => {
    const { exitCode, stdout } = await world.bench(['--dry-run', '--seed', String(seed), '--out', world.out, QUICK]);
    expect(exitCode).toBe(EXIT.ok);
    return stdout;
  };
  const [first, again, other] = [await plan(7), await plan(7), await plan(8)];
  const orderOf = (text: string) => text.match(/^ +\d+ {2}quick\.\S+$/gm);
  expect(orderOf(first)).toHaveLength(10);
  expect(first).toBe(again);
  expect(orderOf(first)).not.toEqual(orderOf(other));
  expect(first.match(/^quick\/\S+: accelerator (tcg|kvm) \(.+\)\n {2}\/\S*qemu-system-x86_64 .* -S$/gm)).toHaveLength(
    5,
  );
  expect(world.runs()).toEqual([]);
  expect(world.leftovers()).toEqual([]);
});

test('--filter, --boots and --cycles change the plan', async () => {
  const flags = ['--filter', 'shpc,acpi-b', '--boots', '3', '--cycles', '4'];
  const { stdout } = await makeWorld().bench(['--dry-run', ...flags, QUICK]);
  expect(stdout).toContain('plan: 6 boots');
  expect(stdout).toMatch(/^ {2}boots +3 fresh$/m);
  expect(stdout).toMatch(/^ {2}passes +4$/m);
  expect(stdout).not.toContain('acpi-i440fx');
});

test('without QEMU: exit 4 and the way to get it, and doctor says the same', async () => {
  const world = makeWorld();
  const bin = join(world.directory, 'bin');
  mkdirSync(bin);
  for (const tool of ['apt-get', 'gcc', 'cpio', 'dpkg-deb']) symlinkSync(join('/usr/bin', tool), join(bin, tool));
  const env = { PATH: bin, HOTPLUG_BENCH_NO_INSTALL: '1' };
  const run = await world.bench(['--out', world.out, QUICK], { env });
  expect(run.exitCode).toBe(EXIT.hostUnable);
  expect(run.stderr).toMatch(/^ +(sudo )?apt-get update && .*apt-get install .*qemu-system-x86$/m);
  expect(run.stderr).not.toMatch(STACK_TRACE);
  expect(world.runs()).toEqual([]);
  const doctor = await world.bench(['doctor'], { env });
  expect(doctor.exitCode).toBe(EXIT.hostUnable);
  expect(doctor.stdout).toMatch(/^missing qemu-system-x86_64 .*apt-get install qemu-system-x86$/m);
});

test('doctor on a host with everything: tools, guest and accelerator', async () => {
  const { exitCode, stdout } = await makeWorld().bench(['doctor']);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toMatch(/^ok +qemu-system-x86_64 +\//m);
  expect(stdout).toMatch(/^ok +stock guest +Debian linux-image-/m);
  expect(stdout).toMatch(/^(ok|note) +accelerator +(kvm|tcg): /m);
});

test('exit codes 0, 2 and 4 pass through npm unchanged', async () => {
  const world = makeWorld();
  expect((await world.npm(['list'])).exitCode).toBe(EXIT.ok);
  expect((await world.npm(['nowhere.yaml'])).exitCode).toBe(EXIT.usage);
  expect((await world.npm([QUICK, '--out', join(LAUNCHER, 'results')])).exitCode).toBe(EXIT.hostUnable);
});
