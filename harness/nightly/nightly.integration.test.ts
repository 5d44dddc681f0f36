import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeWorld, STACK_TRACE, type World } from '../commands/bench-process.ts';
import { EXIT } from '../exit-codes.ts';
import { projectRoot } from '../project-root.ts';

/** Nights as a timer starts them, with real guests in virtual time, in which a wait costs nothing. */

const scenario = (world: World, name: string, buttonDelayMs: number) =>
  world.write(
    name,
    [
      'name: gate',
      'defaults: { clock: virtual, guest: { kernel: patched }, sampling: { boots: 5, cycles: 1, warmup: 0 } }',
      'variants:',
      '  native:',
      '    topology: pcie-root-port',
      `    guest: { parameters: { pciehp.button_delay_ms: ${buttonDelayMs}, pciehp.settle_ms: 0 } }`,
      'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
      '',
    ].join('\n'),
  );

const nightly = (world: World, ...args: readonly string[]) =>
  world.start(join(projectRoot, 'scripts', 'nightly'), ['--out', world.out, ...args]);

/** A file of what the last start of the job measured; empty when it is not there. */
function published(world: World, file: string): string {
  const path = join(world.out, 'nightly', file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function baselineNames(world: World): readonly string[] {
  const folder = join(world.out, 'baselines');
  return readdirSync(folder).flatMap((host) => readdirSync(join(folder, host)));
}

describe('a night', () => {
  test('saves, then compares, then finds what has become slower; an update of QEMU is no night that is well', async () => {
    const world = makeWorld();
    const usual = scenario(world, 'usual.yaml', 0);
    const first = await nightly(world, usual);
    expect(first.stdout).toMatch(
      /^nightly: there is no baseline "nightly" of this host \(.+\) in .+: this run becomes it$/m,
    );
    expect(first.stderr).toContain('saved as the baseline "nightly"');
    expect(first.exitCode).toBe(EXIT.ok);
    expect(baselineNames(world)).toEqual(['nightly']);

    const second = await nightly(world, usual);
    expect(second.stdout).toContain('gate: nightly → ');
    expect(second.exitCode).toBe(EXIT.ok);
    const run = /^nightly: exit 0 \(.+\); (.+)$/m.exec(second.stdout)?.[1] ?? '';
    expect(published(world, 'run.json')).toBe(readFileSync(join(run, 'run.json'), 'utf8'));
    expect(published(world, 'junit.xml')).toContain('failures="0"');

    const third = await nightly(world, scenario(world, 'slow.yaml', 2000));
    expect(third.stdout).toMatch(/^nightly: exit 1 /m);
    expect(third.exitCode).toBe(EXIT.regression);
    expect(published(world, 'junit.xml')).toMatch(
      /classname="gate\.native" name="unplug[^"]*"[^>]*>\s*<failure type="regressed" message="[^"]*button-wait/,
    );
    expect(published(world, 'summary.md')).toMatch(/unplug.*regressed/);
    expect(published(world, 'report.html')).toContain('button-wait');

    const [host = ''] = readdirSync(join(world.out, 'baselines'));
    const file = join(world.out, 'baselines', host, 'nightly', 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('QEMU emulator', 'Another emulator'));
    const fourth = await nightly(world, usual);
    expect(fourth.stderr).toMatch(/measured under other conditions than nightly: QEMU: Another .+ → QEMU .+/);
    expect(fourth.stdout).toContain('this night was compared with nothing');
    expect(fourth.exitCode).toBe(EXIT.noBaseline);
    expect(baselineNames(world)).toEqual(['nightly', expect.stringMatching(/^nightly-until-/)]);
    for (const { stderr } of [first, second, third, fourth]) expect(stderr).not.toMatch(STACK_TRACE);
  }, 480_000);

  test('that is refused publishes nothing, and says why', async () => {
    const world = makeWorld();
    const refused = await nightly(world, world.write('broken.yaml', 'name: [\n'));
    expect(refused.stderr).toContain('broken.yaml:');
    expect(refused).toMatchObject({ exitCode: EXIT.usage, stdout: expect.stringMatching(/nothing was measured$/m) });
    expect(existsSync(join(world.out, 'nightly'))).toBe(false);
  });
});
