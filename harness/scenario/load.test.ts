import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadScenarioFiles } from './load.ts';
import { scenarioText, soundScenarioOf } from './test-scenario.ts';
import { formatProblem } from './yaml/problem.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scenario-load-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Writes files into the directory and loads some names from it; messages come back without the directory. */
async function load(contents: Record<string, string | Uint8Array>, names = Object.keys(contents)) {
  for (const [name, content] of Object.entries(contents)) await writeFile(join(directory, name), content);
  const loaded = await loadScenarioFiles(names.map((name) => join(directory, name)));
  return loaded.ok
    ? loaded.value.map(({ name }) => name)
    : loaded.failure.map((problem) => formatProblem(problem).replaceAll(`${directory}/`, ''));
}

test('files give their scenarios, in the order of the files', async () => {
  expect(await load({ 'b.yaml': scenarioText({ name: 'b' }), 'a.yaml': scenarioText({ name: 'a' }) })).toEqual([
    'b',
    'a',
  ]);
  expect(await loadScenarioFiles([])).toEqual({ ok: true, value: [] });
});

test('every problem of every file is reported, in the order of files and lines', async () => {
  const found = await load({
    'a.yaml': scenarioText({ name: 'A', rest: 'x: 1' }),
    'b.yaml': scenarioText({ name: 'b' }),
    'c.yaml': '',
    'd.yaml': scenarioText({ name: 'd', sequence: '[]' }),
  });
  expect(found.map((line) => line.split(' ')[0])).toEqual([
    'a.yaml:1:7:',
    'a.yaml:5:1:',
    'c.yaml:1:1:',
    'd.yaml:4:11:',
  ]);
});

describe('files that cannot be read', () => {
  test.each([
    [
      'one that does not exist',
      'none.yaml',
      'none.yaml:1:1: cannot read it: no such file or directory, expected a scenario file',
    ],
    [
      'a path through a file',
      'a.yaml/b.yaml',
      'a.yaml/b.yaml:1:1: cannot read it: not a directory, expected a scenario file',
    ],
    ['a directory', 'dir', 'dir:1:1: this is a directory, expected a scenario file'],
    ['something that is not UTF-8', 'latin1.yaml', 'latin1.yaml:1:1: this is not UTF-8 text, expected a scenario file'],
    ['a program', 'binary', 'binary:1:5: control character U+0002, expected a text file'],
    [
      'something huge',
      'huge.yaml',
      'huge.yaml:1:1: 262145 bytes, more than the 262144 allowed, expected a scenario file',
    ],
  ])('%s is a problem', async (_, name, expected) => {
    await mkdir(join(directory, 'dir'));
    const contents = {
      'a.yaml': scenarioText({}),
      'latin1.yaml': Buffer.from('name: caf\xe9', 'latin1'),
      binary: ` ELF\x02${'\0'.repeat(100)}`,
      'huge.yaml': '#'.repeat(256 * 1024 + 1),
    };
    expect(await load(contents, [name])).toEqual([expected]);
  });

  test('a name with a zero byte and a device are problems too', async () => {
    const loaded = await loadScenarioFiles(['a\0b', '/dev/null']);
    expect(loaded.ok ? [] : loaded.failure.map((problem) => problem.wrong)).toEqual([
      expect.stringContaining('cannot read it: '),
      'this is not a regular file',
    ]);
  });
});

describe('scenario names', () => {
  test('are unique over all files', async () => {
    const contents = { 'a.yaml': scenarioText({ name: 'same' }), 'b.yaml': scenarioText({ name: 'same' }) };
    expect(await load(contents)).toEqual([
      'b.yaml:1:7: the scenario name "same" is already that of a.yaml, expected a name of its own for each scenario',
    ]);
  });

  test('are compared also where a file has other problems', async () => {
    const contents = { 'a.yaml': scenarioText({ rest: 'x: 1' }), 'b.yaml': scenarioText({}) };
    expect(await load(contents)).toHaveLength(2);
  });
});

describe('files of the host', () => {
  const withFiles = (kernel: string, disk: string) =>
    scenarioText({
      variants: `{ a: { guest: { kernel: ${kernel} } } }`,
      sequence: `[boot, plug: { device: virtio-blk, backend: { file: ${disk} } }]`,
    });

  test('are looked for beside the scenario, not where the command runs', async () => {
    await mkdir(join(directory, 'modules'));
    const contents = {
      bzImage: '',
      'disk.raw': '',
      's.yaml': withFiles('{ image: bzImage, modules: modules }', './disk.raw'),
    };
    expect(await load(contents, ['s.yaml'])).toEqual(['tiny']);
  });

  test('are those of any variant, matrix or default device, and the binary of QEMU', async () => {
    const source = `name: files
defaults: { topology: shpc-bridge, device: { device: nvme, backend: { file: a.raw } }, qemu: qemu-system-x86_64 }
variants: { v: { qemu: ./b, sequence: [boot, plug: { device: nvme, backend: { file: c.raw } }, unplug, plug, unplug] } }
matrix:
  kernel: { k: { image: d } }
  device: { f: { device: virtio-blk, backend: { file: e.raw } } }
  qemu: [bin/f]
sequence: [boot]
`;
    const missing = (await load({ 's.yaml': source })).map((line) =>
      /^(.*): cannot use "(.*)": no such/.exec(line)?.slice(1),
    );
    expect(missing).toEqual([
      ['s.yaml:2:77', 'a.raw'],
      ['s.yaml:3:24', './b'],
      ['s.yaml:3:85', 'c.raw'],
      ['s.yaml:5:25', 'd'],
      ['s.yaml:6:55', 'e.raw'],
      ['s.yaml:7:10', 'bin/f'],
    ]);
  });

  test("are not what QEMU's own arguments call a file", async () => {
    const blockdev = '{ driver: raw, file: other-node }';
    const source = scenarioText({
      sequence: `[boot, plug: { device: custom, driver: nvme, properties: { file: x }, backends: { blockdev: ${blockdev} } }]`,
    });
    expect(await load({ 's.yaml': source })).toEqual(['tiny']);
    const [step] = soundScenarioOf(source).variants[0]?.steps ?? [];
    expect(step).toMatchObject({
      options: { properties: { file: 'x' }, backends: { blockdev: { file: 'other-node' } } },
    });
  });

  test('that are missing or of the wrong kind are problems where they are named, next to all others', async () => {
    const source = `${withFiles('{ image: ., modules: s.yaml }', 'disk.raw')}x: 1\n`;
    expect(await load({ 's.yaml': source })).toEqual([
      expect.stringMatching(/^s\.yaml:3:44: cannot use "\.": it is not a file, expected a file at \/.*$/),
      's.yaml:3:56: cannot use "s.yaml": it is not a directory, expected a directory at s.yaml',
      's.yaml:4:63: cannot use "disk.raw": no such file or directory, expected a file at disk.raw',
      's.yaml:5:1: unknown key "x" in the scenario, expected name, description, defaults, variants, matrix, sequence, reference, threshold, fit, timeout or deadline',
    ]);
  });
});

test('the scenarios that come with the project are sound', async () => {
  const loaded = await loadScenarioFiles([new URL('../../scenarios/quick.yaml', import.meta.url).pathname]);
  expect(loaded.ok ? [] : loaded.failure.map(formatProblem)).toEqual([]);
  if (!loaded.ok) return;
  const [quick] = loaded.value;
  expect(quick?.question).toMatch(/\?$/);
  expect(quick?.variants.map(({ name, topology }) => [name, topology])).toEqual([
    ['shpc', 'shpc-bridge'],
    ['native', 'pcie-root-port'],
    ['acpi', 'acpi-root-port'],
    ['acpi-bridge', 'acpi-bridge'],
    ['acpi-i440fx', 'acpi-i440fx'],
  ]);
});
