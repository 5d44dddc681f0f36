import { describe, expect, test } from 'vitest';
import { topologies } from '../machine/topology/index.ts';
import { listWords } from '../words.ts';
import { problemLines, scenarioText, soundScenarioOf } from './test-scenario.ts';

const guestOf = (guest: string) =>
  soundScenarioOf(scenarioText({ variants: `{ a: { guest: ${guest} } }` })).variants[0]?.guest;
const wrongGuest = (guest: string) => problemLines(scenarioText({ variants: `{ a: { guest: ${guest} } }` }));
const wrongRest = (rest: string) => problemLines(scenarioText({ rest }));

describe('memory', () => {
  test.each([
    ['64', 64],
    ['512M', 512],
    ['512MiB', 512],
    ['512 m', 512],
    ['1G', 1024],
    ['1.5G', 1536],
    ['65536K', 64],
    ['1T', 1024 ** 2],
    ['1048576', 1024 ** 2],
  ])('%s is %d MiB', (written, memoryMiB) => {
    expect(guestOf(`{ memory: ${written} }`)?.memoryMiB).toBe(memoryMiB);
  });

  test.each([
    '63',
    '63M',
    '65535K',
    '1025G',
    '1048577',
    '64.5',
    '0.1G',
    '-512',
    '512X',
    '512MB',
    '"512"',
    'lots',
    'true',
    '[1]',
    '',
    '.nan',
    '1e999',
  ])('%s is refused', (written) => {
    const shown =
      { '': 'empty', '[1]': 'a list' }[written] ??
      (/^[-\d.e]+$|^true$|^\.nan$|^"/.test(written) ? written : `"${written}"`);
    expect(wrongGuest(`{ memory: ${written} }`)).toEqual([expect.stringMatching(/^3:\d+: /)]);
    expect(wrongGuest(`{ memory: ${written} }`)[0]).toContain(
      `"memory" is ${shown}, expected a size from 64M to 1T such as 512M or 1G, or a number of MiB`,
    );
  });
});

describe('durations', () => {
  test.each([
    ['1ms', 1],
    ['500ms', 500],
    ['3s', 3000],
    ['1.5 s', 1500],
    ['2m', 120_000],
    ['2min', 120_000],
    ['1h', 3_600_000],
  ])('%s is %d ms', (written, plugMs) => {
    expect(soundScenarioOf(scenarioText({ rest: `timeout: { plug: ${written} }` })).variants[0]?.timeouts.plugMs).toBe(
      plugMs,
    );
  });

  test.each([
    ['3', '3'],
    ['0s', '"0s"'],
    ['0.5ms', '"0.5ms"'],
    ['61m', '"61m"'],
    ['-3s', '"-3s"'],
    ['3 weeks', '"3 weeks"'],
    ['1e3ms', '"1e3ms"'],
    ['', 'empty'],
    ['{ s: 3 }', 'a map with "s"'],
  ])('%s is refused', (written, shown) => {
    expect(wrongRest(`deadline: { plug: ${written} }`)).toEqual([
      `5:${written === '' ? 13 : 19}: "plug" is ${shown}, expected a duration from 1ms to 1h such as 500ms, 3s or 2m`,
    ]);
  });
});

describe('numbers have limits', () => {
  test.each([
    ['guest', 'cpus', 1, 255, 'virtual CPUs'],
    ['sampling', 'boots', 1, 1000, 'fresh machines per variant'],
    ['sampling', 'cycles', 1, 1000, 'measured passes of the sequence in each boot'],
    ['sampling', 'warmup', 0, 100, 'passes before the measured ones'],
  ])('%s.%s', (group, key, minimum, maximum, description) => {
    const of = (value: string) => problemLines(scenarioText({ variants: `{ a: { ${group}: { ${key}: ${value} } } }` }));
    for (const value of [minimum, maximum]) expect(of(String(value))).toEqual([]);
    for (const value of [
      String(minimum - 1),
      String(maximum + 1),
      '1e999',
      '1.5',
      'true',
      '"2"',
      '.nan',
      '18446744073709551616',
    ]) {
      const expected = `"${key}" is ${value}, expected a whole number from ${minimum} to ${maximum} (${description})`;
      expect(of(value)).toEqual([`3:${24 + group.length + key.length}: ${expected}`]);
    }
  });
});

describe('kernel parameters', () => {
  test('keep their order and the text of the file; empty is a bare flag', () => {
    const parameters = guestOf(
      '{ parameters: { shpchp.settle_ms: 0, a: 0x10, b: 1.50, c: true, d: "0", e: two words, f: , g: ~, h: "", quiet: null, n: 1e3 } }',
    )?.parameters;
    expect(Object.entries(parameters ?? {})).toEqual([
      ['shpchp.settle_ms', '0'],
      ['a', '0x10'],
      ['b', '1.50'],
      ['c', 'true'],
      ['d', '0'],
      ['e', 'two words'],
      ['f', null],
      ['g', null],
      ['h', ''],
      ['quiet', null],
      ['n', '1e3'],
    ]);
  });

  test('that the harness sets itself may be set by those who know why', () => {
    expect(
      guestOf('{ parameters: { console: ttyS1, panic: 0, quiet: , rdinit: /init, init: /bin/sh } }')?.parameters.panic,
    ).toBe('0');
  });

  test.each(['"a b"', '"a\\"b"', '"a\'b"', '"a\\nb"', '"a=b"', '""'])('the name %s is refused', (name) => {
    const shown = JSON.stringify(JSON.parse(name));
    expect(wrongGuest(`{ parameters: { ${name}: 1 } }`)).toEqual([
      `3:41: the key ${shown} in "parameters", expected a kernel parameter without spaces, quotes and "="`,
    ]);
  });

  test.each([
    ['"a\\"b"', '"a\\"b"'],
    ['"a\\nb"', '"a\\nb"'],
    ['"\\0"', '"\\u0000"'],
    ['[1]', 'a list'],
    ['{}', 'an empty map'],
  ])('the value %s is refused', (value, shown) => {
    expect(wrongGuest(`{ parameters: { key: ${value} } }`)).toEqual([
      `3:46: "key" is ${shown}, expected a value in one line without double quotes, nothing for a bare flag, or absent`,
    ]);
  });
});

test('a value that is not there is reported at its key, an empty text where it stands', () => {
  expect(wrongRest('deadline:\n  plug:\n  unplug: ""').map((line) => line.slice(0, 15))).toEqual([
    '6:3: "plug" is ',
    '7:11: "unplug" ',
  ]);
});

describe('names', () => {
  test('of scenarios go into a directory name', () => {
    expect(problemLines(scenarioText({ name: 'a-1' }))).toEqual([]);
    for (const name of ['Quick', 'a b', '-a', 'a/b', '""', '..', 'a'.repeat(65)]) {
      expect(problemLines(scenarioText({ name }))[0]).toContain(
        'expected a name of lower-case letters, digits and "-", at the most 64 in all',
      );
    }
  });

  test('of variants may have capitals, dots and underscores', () => {
    expect(problemLines(scenarioText({ variants: '{ Ports_4.v2-b: {} }' }))).toEqual([]);
    expect(problemLines(scenarioText({ variants: '{ "a/b": {} }' }))).toEqual([
      '3:13: the key "a/b" in "variants", expected a name of letters, digits, ".", "_" and "-", at the most 64 in all',
    ]);
  });
});

describe('kernels', () => {
  test("are one of four words, files beside the scenario, or a version of Debian's", () => {
    for (const source of ['stock', 'patched', 'unpatched', 'host'])
      expect(guestOf(`{ kernel: ${source} }`)?.kernel).toEqual({ source });
    expect(guestOf('{ kernel: { image: ../boot/bzImage, modules: /lib/modules/6.1.0 } }')?.kernel).toEqual({
      source: 'custom',
      image: '/boot/bzImage',
      modules: '/lib/modules/6.1.0',
    });
    expect(guestOf('{ kernel: { image: bzImage } }')?.kernel).toEqual({
      source: 'custom',
      image: '/scenarios/bzImage',
    });
    expect(guestOf('{ kernel: { debian: trixie } }')?.kernel).toEqual({ source: 'debian', suite: 'trixie' });
    for (const source of ['patched', 'unpatched'])
      expect(guestOf(`{ kernel: { ${source}: sid } }`)?.kernel).toEqual({ source, suite: 'sid' });
    expect(guestOf('{ kernel: { debian: sid, version: 7.2.13-1 } }')?.kernel).toEqual({
      source: 'debian',
      suite: 'sid',
      version: '7.2.13-1',
    });
  });

  test.each([
    [
      'stok',
      '3:35: "kernel" is "stok", expected stock, patched, unpatched, host or a map with "image" and "modules", with "debian" and "version", with "patched" or with "unpatched", did you mean "stock"?',
    ],
    [
      '{ debian: trixi }',
      '3:45: "debian" is "trixi", expected bullseye, bookworm, bookworm-backports, trixie or sid, did you mean "trixie"?',
    ],
    [
      '{ patched: trixi }',
      '3:46: "patched" is "trixi", expected bullseye, bookworm, bookworm-backports, trixie or sid, did you mean "trixie"?',
    ],
    [
      '{ debian: trixie, version: 6.12 }',
      "3:62: \"version\" is 6.12, expected a Debian package's exact version in quotes, such as '6.1.176-1'",
    ],
    [
      '{ debian: sid, modules: m }',
      '3:50: unknown key "modules" in "kernel", expected debian, version, image or modules',
    ],
    ['{ modules: m }', '3:35: "image" is missing in "kernel", expected a path, relative to the scenario file'],
    ['{ image: 5 }', '3:44: "image" is 5, expected a path, relative to the scenario file'],
    ['{ image: a, initrd: b }', '3:47: unknown key "initrd" in "kernel", expected image or modules'],
  ])('%s is refused', (kernel, expected) => {
    expect(wrongGuest(`{ kernel: ${kernel} }`)).toEqual([expected]);
  });
});

describe('topologies', () => {
  const names = [...topologies.keys()];
  const all = listWords([...names, 'one of them with its options'], 'or');
  const topologyOf = (topology: string) => scenarioText({ variants: `{ a: { topology: ${topology} } }` });

  test('are a name or a name with options, and have the defaults of their own schema', () => {
    expect(soundScenarioOf(topologyOf('pcie-root-port')).variants[0]).toMatchObject({
      topology: 'pcie-root-port',
      topologyOptions: { ports: 1 },
    });
    expect(soundScenarioOf(topologyOf('{ pcie-root-port: { ports: 4 } }')).variants[0]).toMatchObject({
      topologyOptions: { ports: 4 },
    });
    expect(soundScenarioOf(topologyOf('{ pcie-root-port: {} }')).variants[0]).toMatchObject({
      topologyOptions: { ports: 1 },
    });
  });

  test.each([
    ['shpc-brige', `3:28: "topology" is "shpc-brige", expected ${all}, did you mean "shpc-bridge"?`],
    [
      'kata-acpi',
      '3:28: "topology" is "kata-acpi", expected kata-2021-acpi, which it is called now: it is kata\'s bridge of 2021; "kata" is the machine of today, under ACPI hot-plug',
    ],
    ['', `3:18: "topology" is empty, expected ${all}`],
    ['{}', `3:28: "topology" is an empty map, expected ${all}`],
    [
      '{ shpc-bridge: {}, acpi-bridge: {} }',
      `3:28: "topology" is a map with "shpc-bridge" and "acpi-bridge", expected ${all}`,
    ],
    [
      '{ pcie-rot-port: {} }',
      `3:30: unknown key "pcie-rot-port" in "topology", expected ${listWords(names, 'or')}, did you mean "pcie-root-port"?`,
    ],
    [
      '{ pcie-root-port: { ports: 30 } }',
      '3:55: "ports" is 30, expected at the most 29; up to 232 with "multifunction: true" beside it',
    ],
    [
      '{ pcie-root-port: { port: 3 } }',
      '3:48: unknown key "port" in "pcie-root-port", expected ports, multifunction, io-reserve, mem-reserve, pref64-reserve, bus-reserve, hotplug, x-speed or x-width, did you mean "ports"?',
    ],
    [
      '{ shpc-bridge: { ports: 3 } }',
      '3:45: unknown key "ports" in "shpc-bridge", expected bridges, io-reserve, mem-reserve or pref64-reserve',
    ],
  ])('%s is refused', (topology, expected) => {
    expect(problemLines(topologyOf(topology))).toEqual([expected]);
  });
});

describe('the file as a whole', () => {
  const keys = 'name, description, defaults, variants, matrix, sequence, reference, threshold, fit, timeout';

  test.each([
    ['[]', `1:1: the scenario is an empty list, expected a map with ${keys} and deadline`],
    ['quick', `1:1: the scenario is "quick", expected a map with ${keys} and deadline`],
  ])('%s is no scenario', (source, expected) => {
    expect(problemLines(source)).toEqual([expected]);
  });

  test('misses what it has to say', () => {
    expect(problemLines('description: nothing else')).toEqual([
      '1:1: "name" is missing in the scenario, expected a name of lower-case letters, digits and "-", at the most 64 in all',
      '1:1: the file has neither variants nor a matrix, expected "variants", "matrix" or both',
    ]);
    expect(problemLines('name: a\nvariants: { a: { topology: shpc-bridge } }')).toEqual([
      '2:13: the variant "a" has no sequence, expected "sequence" in the file, its defaults or the variant',
    ]);
  });

  test('has no other keys', () => {
    expect(wrongRest('refrence: a')).toEqual([
      `5:1: unknown key "refrence" in the scenario, expected ${keys} or deadline, did you mean "reference"?`,
    ]);
    expect(problemLines(scenarioText({ variants: '{ a: { samplng: {} } }' }))).toEqual([
      '3:18: unknown key "samplng" in "a", expected topology, machine, qemu, firmware, guest, sampling, accelerator, boot_mode, clock, device, count, load or one of 7 more, did you mean "sampling"?',
    ]);
  });

  test('has at least one variant, each of them a map', () => {
    expect(problemLines(scenarioText({ variants: '{}' }))).toEqual([
      '3:11: "variants" is an empty map, expected a map of at least one variant',
    ]);
    expect(problemLines(scenarioText({ variants: '{ a: }' }))).toEqual([
      '3:13: "a" is empty, expected a map with topology, machine, qemu, firmware, guest, sampling, accelerator, boot_mode, clock, device, count, load and one of 7 more',
    ]);
  });

  test('may be described in several lines', () => {
    expect(wrongRest('description: |\n  one\n  two\n')).toEqual([]);
    expect(wrongRest('description: "\\e[2J"')).toEqual(['5:14: "description" is "\\u001b[2J", expected text']);
  });

  test('shows every mistake in it', () => {
    const source = scenarioText({
      name: 'A',
      defaults: '{ guest: { cpus: 0 } }',
      variants: '{ a: { topology: x } }',
      sequence: '[boot, { unplug: disk }]',
      rest: 'reference: b\nextra: 1',
    });
    expect(problemLines(source).map((line) => line.split(',')[0])).toEqual([
      '1:7: "name" is "A"',
      '2:28: "cpus" is 0',
      '3:28: "topology" is "x"',
      '4:28: "disk" is not plugged at this step',
      '5:12: the reference "b" is not a variant',
      '6:1: unknown key "extra" in the scenario',
    ]);
  });
});
