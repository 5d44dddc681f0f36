import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { makeWorld, STACK_TRACE, type World } from './bench-process.ts';

/** Comparisons with a baseline as a user asks for them, with real guests and with none. */

/**
 * The wait that pciehp leaves to an operator makes the unplug slower. In virtual time, where a busy host makes no boot slower
 * than in the run before.
 */
const scenario = (world: World, name: string, buttonDelayMs: number, boots = 'boots: 5, ') =>
  world.write(
    name,
    [
      'name: gate',
      `defaults: { clock: virtual, guest: { kernel: patched, cpus: 1 }, sampling: { ${boots}cycles: 1, warmup: 0 } }`,
      'variants:',
      '  native:',
      '    topology: pcie-root-port',
      `    guest: { parameters: { pciehp.button_delay_ms: ${buttonDelayMs}, pciehp.settle_ms: 0 } }`,
      'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
      '',
    ].join('\n'),
  );

test('without change exit 0; a longer wait of the driver is exit 1 through npm, with its phase, also in the JUnit file', async () => {
  const world = makeWorld();
  const out = ['--out', world.out];
  const usual = scenario(world, 'usual.yaml', 0);
  const first = await world.npm([usual, ...out, '--save-baseline', 'nightly']);
  expect(first.stderr).toContain('saved as the baseline "nightly"');
  expect(first.exitCode).toBe(EXIT.ok);

  const same = await world.npm([usual, ...out, '--baseline', 'nightly', '--require-baseline']);
  expect(same.stdout).toContain('gate: nightly → ');
  expect(same.stdout).not.toContain('regressed');
  expect(same.exitCode).toBe(EXIT.ok);

  const slow = await world.npm([scenario(world, 'slow.yaml', 2000), ...out, '--baseline', 'nightly']);
  expect(slow.exitCode).toBe(EXIT.regression);
  expect(slow.stdout).toMatch(/^native unplug: regressed: .*; button-wait \+2\d\d\d ms/m);
  expect(slow.stdout).toContain('guest parameter pciehp.button_delay_ms: 0 → 2000');
  const { comparisons } = JSON.parse(world.read('comparison.json'));
  const regressed = comparisons.filter(({ verdict }: { verdict: string }) => verdict === 'regressed');
  expect(regressed).toMatchObject([{ variant: 'native', operation: 'unplug' }]);
  expect(regressed[0].phases[0]).toMatchObject({ phase: 'button-wait' });
  expect(JSON.parse(world.read('summary.json')).comparisons).toMatchObject(
    comparisons.map((one: object) => ({ with: 'baseline', ...one })),
  );

  const latest = join(world.out, 'latest');
  const { stdout: junit } = await world.bench(['export', '--format', 'junit', latest]);
  expect(junit).toContain('failures="1"');
  expect(junit).toMatch(
    /classname="gate\.native" name="unplug, virtual"[^>]*>\s*<failure type="regressed" message="[^"]*button-wait/,
  );
  const compared = await world.npm(['compare', 'nightly', latest]);
  expect(compared).toMatchObject({ exitCode: EXIT.regression, stderr: '' });
  const named = await world.bench(['export', '--format', 'junit', '--baseline', latest, latest]);
  expect(named.stdout).toContain('failures="0"');
}, 240_000);

test('adaptive: stops when the medians are known, says what that saved; a run that was stopped goes on the same', async () => {
  const world = makeWorld();
  const target = 'target: { relative_ci: 100% }, min_boots: 5, max_boots: 9, ';
  const { exitCode, stdout } = await world.npm([scenario(world, 'adaptive.yaml', 0, target), '--out', world.out]);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toMatch(/^gate\/native: 5 of at the most 9 boots: /m);
  expect(stdout).toMatch(/^saved against the fixed maximum: 4 boots, about \d+ s$/m);
  const run = JSON.parse(world.read('run.json'));
  expect(run.adaptive).toMatchObject([{ variant: 'native', boots: 5, max_boots: 9 }]);
  expect(run.boots).toHaveLength(5);

  const latest = join(world.out, 'latest');
  const again = await world.bench(['--resume', latest]);
  expect(again).toMatchObject({ exitCode: EXIT.ok, stdout: expect.stringContaining('all 5 boots are there') });
  rmSync(join(latest, 'recording', 'gate.native.003.jsonl'));
  const resumed = await world.bench(['--resume', latest]);
  expect(resumed.exitCode).toBe(EXIT.ok);
  expect(JSON.parse(world.read('run.json')).boots).toHaveLength(5);

  const shard = await world.bench([join(world.directory, 'adaptive.yaml'), '--shard', '1/2', '--seed', '1']);
  expect(shard).toMatchObject({ exitCode: EXIT.usage, stderr: expect.stringContaining('add --boots <n>') });
}, 240_000);

test.each([
  [
    'none where one is required',
    ['--baseline', 'nightly', '--require-baseline'],
    EXIT.noBaseline,
    'no baseline "nightly"',
  ],
  ['a requirement of nothing', ['--require-baseline'], EXIT.usage, '--require-baseline needs --baseline'],
  ['a name that is none', ['--save-baseline', '../x'], EXIT.usage, "cannot be a baseline's name"],
  [
    'a directory that is no run',
    ['--baseline', 'scenarios'],
    EXIT.usage,
    'scenarios cannot be compared: it has no run.json',
  ],
])('%s: said before anything is measured', async (_, flags, code, message) => {
  const world = makeWorld();
  const { exitCode, stdout, stderr } = await world.npm([world.scenario('acpi'), '--out', world.out, ...flags]);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect({ exitCode, stdout, runs: world.runs() }).toEqual({ exitCode: code, stdout: '', runs: [] });
});

test('failed samples are no baseline; one that cannot be compared is none where one is required', async () => {
  const world = makeWorld();
  // In virtual time, for which a busy host is no reason to save nothing.
  const late = [world.scenario('late'), '--clock', 'virtual', '--out', world.out];
  const first = await world.bench([...late, '--save-baseline', 'nightly', '--baseline', 'nightly']);
  expect(first.stderr).toContain('nothing to compare with: there is no baseline "nightly"');
  expect(first.stderr).toMatch(/not saved as "nightly": \d samples or boots failed/);
  expect(first.exitCode).toBe(EXIT.samplesFailed);

  const forced = await world.bench([...late, '--save-baseline', 'nightly', '--force']);
  const directory = String(/saved as the baseline "nightly": (.+)/.exec(forced.stderr)?.[1]);
  const file = join(directory, 'run.json');
  const stored = readFileSync(file, 'utf8');
  writeFileSync(file, stored.replaceAll('QEMU emulator', 'Another emulator'));
  const required = await world.bench([...late, '--baseline', 'nightly', '--require-baseline']);
  expect(required.exitCode).toBe(EXIT.noBaseline);
  expect(required.stderr).toMatch(/measured under other conditions than nightly: QEMU: Another .+ → QEMU .+/);
  const unasked = await world.bench([...late, '--baseline', 'nightly']);
  expect(unasked.stdout).toContain('incomparable');
  expect(unasked.exitCode).toBe(EXIT.samplesFailed);

  writeFileSync(file, stored.slice(0, 2000));
  const broken = await world.bench([...late, '--baseline', 'nightly']);
  expect(broken).toMatchObject({ exitCode: EXIT.usage, stdout: '' });
  expect(broken.stderr).toContain('its run.json is cut off');
});
