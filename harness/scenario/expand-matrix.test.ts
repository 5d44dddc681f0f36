import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseScenario } from './parse.ts';
import { problemLines, soundScenarioOf } from './test-scenario.ts';

/** The variants are on line 3, the matrix on line 4. */
const text = (matrix: string, variants = '{ a: {} }', rest = '') =>
  `name: m\ndefaults: { topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 } }\nvariants: ${variants}\nmatrix: ${matrix}\nsequence: [boot]\n${rest}`;
const namesOf = (...given: Parameters<typeof text>) => soundScenarioOf(text(...given)).variants.map(({ name }) => name);
const wrong = (...given: Parameters<typeof text>) => problemLines(text(...given));

describe('a matrix', () => {
  test('goes over everything that makes a machine, and names variants after it in one order', () => {
    const [variant, ...others] = soundScenarioOf(`
name: all
matrix:
  parameters: { shpchp.settle_ms: { s: 0x10 }, nokaslr: [~] }
  load: { l: { guest: 1, host: 2 } }
  count: [2]
  device: { d: { device: custom, driver: e1000 } }
  boot_mode: [snapshot]
  accelerator: [tcg]
  iommu: [true]
  memory: [1G]
  cpus: [4]
  kernel: { k: { image: k/bzImage } }
  qemu: { q: bin/qemu }
  machine: { m: pc-q35-6.0 }
  topology: { t: { pcie-root-port: { ports: 4 } } }
sequence: [boot, plug, unplug]
`).variants;
    expect(others).toEqual([]);
    expect(variant).toMatchObject({
      name: 't-m-q-k-cpus4-1G-iommu-tcg-snapshot-d-count2-l-s-nokaslr',
      topology: 'pcie-root-port',
      topologyOptions: { ports: 4 },
      machine: 'pc-q35-6.0',
      qemu: '/scenarios/bin/qemu',
      guest: {
        cpus: 4,
        memoryMiB: 1024,
        iommu: true,
        kernel: { source: 'custom', image: '/scenarios/k/bzImage' },
        parameters: { 'shpchp.settle_ms': '0x10', nokaslr: null },
      },
      accelerator: 'tcg',
      bootMode: 'snapshot',
      steps: [{ operation: 'load', guestCpus: 1, hostCpus: 2 }],
    });
  });

  test('is laid over every variant, the values of the matrix over those of the variant', () => {
    const variants = '{ a: { guest: { cpus: 8, memory: 1G } }, b: {} }';
    const scenario = soundScenarioOf(text('{ cpus: [1, 2] }', variants, 'reference: b-cpus2'));
    expect(scenario.variants.map(({ name, guest }) => [name, guest.cpus, guest.memoryMiB])).toEqual([
      ['a-cpus1', 1, 1024],
      ['a-cpus2', 2, 1024],
      ['b-cpus1', 1, 512],
      ['b-cpus2', 2, 512],
    ]);
  });

  test('of load says all of it: what it leaves out is idle', () => {
    const { variants } = soundScenarioOf(`
name: m
defaults: { topology: shpc-bridge, load: { host: 4 } }
matrix: { load: { idle: {}, guest: { guest: 1 } } }
sequence: [boot, wait: 1s]
`);
    expect(variants.map(({ name, steps }) => [name, steps[0]])).toEqual([
      ['idle', { operation: 'wait', waitMs: 1000 }],
      ['guest', expect.objectContaining({ operation: 'load', guestCpus: 1, hostCpus: 0 })],
    ]);
  });

  test('names variants shortly, or as the file says', () => {
    const of = (matrix: string) => namesOf(matrix).map((name) => name.replace('a-', ''));
    expect(of('{ iommu: [true, false] }')).toEqual(['iommu', 'no-iommu']);
    expect(of('{ kernel: [stock, { debian: trixie }] }')).toEqual(['stock', 'debian-trixie']);
    expect(of('{ kernel: [patched, { patched: trixie }, { unpatched: trixie }] }')).toEqual([
      'patched',
      'patched-trixie',
      'unpatched-trixie',
    ]);
    expect(of("{ qemu: [{ debian: sid, version: '1:11.1' }, { debian: sid, version: '1:11.0' }] }")).toEqual([
      'debian-sid-1_11.1',
      'debian-sid-1_11.0',
    ]);
    expect(of('{ count: [1, 16] }')).toEqual(['count1', 'count16']);
    expect(of('{ memory: [512, 1024, 1536M] }')).toEqual(['512M', '1G', '1536M']);
    expect(of('{ memory: { small: 512M, large: 4G } }')).toEqual(['small', 'large']);
    expect(of('{ device: [nvme, { device: nvme, backend: { file: a.raw } }] }')).toEqual([
      'nvme',
      'nvme-backend_file_a.raw',
    ]);
    expect(of('{ parameters: { pciehp.button_delay_ms: [0, 5000] } }')).toEqual([
      'button_delay_ms0',
      'button_delay_ms5000',
    ]);
    expect(of('{ parameters: { a: { on: , off: absent } } }')).toEqual(['on', 'off']);
  });

  test('by the last part of a path, or by all of it where two have the same', () => {
    expect(namesOf('{ qemu: [old/qemu, new/qemu-9] }')).toEqual(['a-qemu', 'a-qemu-9']);
    expect(namesOf('{ qemu: [old/qemu, new/qemu, qemu] }')).toEqual(['a-old_qemu', 'a-new_qemu', 'a-qemu']);
    expect(namesOf('{ kernel: [{ image: 6.1/bzImage }, { image: 6.12/bzImage, modules: m }, stock] }')).toEqual([
      'a-6.1_bzImage',
      'a-6.12_bzImage_m',
      'a-stock',
    ]);
  });
});

describe('an exclusion', () => {
  const matrix = (exclude: string) =>
    `{ topology: { bridge: shpc-bridge, ports: { pcie-root-port: { ports: 2 } } }, memory: [512M, 1G], exclude: ${exclude} }`;
  const left = (exclude: string) => namesOf(matrix(exclude));

  test.each([
    ['a label', '[{ topology: ports }]', ['a-bridge-512M', 'a-bridge-1G']],
    ['a value', '[{ topology: { pcie-root-port: { ports: 2 } } }]', ['a-bridge-512M', 'a-bridge-1G']],
    ['a value as another would write it', '[{ memory: 1024 }]', ['a-bridge-512M', 'a-ports-512M']],
    ['several of one axis', '[{ topology: bridge, memory: [512M, 1024M] }]', ['a-ports-512M', 'a-ports-1G']],
    [
      'what two axes say together',
      '[{ topology: ports, memory: 1G }]',
      ['a-bridge-512M', 'a-bridge-1G', 'a-ports-512M'],
    ],
    [
      'one after another',
      '[{ topology: ports, memory: 1G }, { topology: bridge, memory: 512M }]',
      ['a-bridge-1G', 'a-ports-512M'],
    ],
    ['none', '[]', ['a-bridge-512M', 'a-bridge-1G', 'a-ports-512M', 'a-ports-1G']],
  ])('by %s', (_, exclude, names) => {
    expect(left(exclude)).toEqual(names);
  });

  test('by variant, by parameter and by number', () => {
    const variants = '{ a: {}, b: {} }';
    expect(namesOf('{ cpus: [1, 2], exclude: [{ variant: b, cpus: 2 }] }', variants)).toEqual([
      'a-cpus1',
      'a-cpus2',
      'b-cpus1',
    ]);
    expect(namesOf('{ parameters: { x: [0, 0x10, absent, ~] }, exclude: [{ parameters: { x: [0x10, ~] } }] }')).toEqual(
      ['a-x0', 'a-no-x'],
    );
    expect(namesOf('{ iommu: [true, false], exclude: [{ iommu: true }] }')).toEqual(['a-no-iommu']);
  });

  test('a kernel parameter may be absent; where nothing could be meant as that, it is refused', () => {
    const enabled = (word: string) => `{ parameters: { acpiphp.disable: { enabled: ${word}, disabled: 1 } } }`;
    expect(namesOf(enabled('absent'))).toEqual(['a-enabled', 'a-disabled']);

    const parameters = soundScenarioOf(text(enabled('absent'))).variants.map(({ guest }) => guest.parameters);
    expect(parameters).toEqual([{}, { 'acpiphp.disable': '1' }]);
    expect(wrong(enabled('~'))).toEqual([
      expect.stringContaining(
        'nothing, which is the bare flag "acpiphp.disable", beside values of it, expected "absent"',
      ),
    ]);
    expect(namesOf('{ parameters: { nokaslr: [absent, ~] } }')).toEqual(['a-no-nokaslr', 'a-nokaslr']);
  });

  test('by the whole path of a QEMU or a kernel, not by its last part', () => {
    const qemus = (said: string) => namesOf(`{ qemu: { old: old/qemu, new: new/qemu }, exclude: [{ qemu: ${said} }] }`);
    expect(qemus('new/qemu')).toEqual(['a-old']);
    expect(qemus('[old/qemu]')).toEqual(['a-new']);
    expect(wrong('{ qemu: { old: old/qemu, new: new/qemu }, exclude: [{ qemu: other/qemu }] }')).toEqual([
      '4:69: "other/qemu" is not among "qemu", expected old or new',
    ]);
    const images = '{ old: { image: 6.1/bzImage }, new: { image: 6.12/bzImage } }';
    expect(namesOf(`{ kernel: ${images}, exclude: [{ kernel: { image: 6.12/bzImage } }] }`)).toEqual(['a-old']);
  });

  test('by a value whose keys are in another order, or not all said', () => {
    const device = (properties: string) => `{ device: custom, driver: e1000, properties: { ${properties} } }`;
    const devices = `[nvme, ${device('romfile: a, multifunction: true')}]`;
    const said = device('multifunction: true, romfile: a');
    expect(namesOf(`{ device: ${devices}, exclude: [{ device: ${said} }] }`)).toEqual(['a-nvme']);
    expect(
      namesOf('{ load: { idle: {}, busy: { host: 2 } }, exclude: [{ load: { host: 2, guest: 0 } }] }', undefined),
    ).toEqual(['a-idle']);
  });

  test('by a value that has several labels, under all of them', () => {
    const again = '{ memory: { small: 512M, same: 0.5G, large: 1G }, exclude: [{ memory: 512 }] }';
    expect(namesOf(again)).toEqual(['a-large']);
    expect(namesOf(again.replace('512 }', 'same }'))).toEqual(['a-small', 'a-large']);
  });

  test('of a variant in a file without variants says so', () => {
    expect(
      problemLines(`name: m
defaults: { topology: shpc-bridge }
matrix: { cpus: [1, 2], exclude: [{ variant: a, cpus: 1 }] }
sequence: [boot]
`),
    ).toEqual(['3:46: "a" is not among the variants, expected values of the axes: the file has no variants']);
  });

  test.each([
    ['[{ cpus: 2 }]', '4:119: the matrix does not go over "cpus", expected topology or memory'],
    ['[{ topology: acpi-bridge }]', '4:129: "acpi-bridge" is not among "topology", expected bridge or ports'],
    [
      '[{ topology: portss }]',
      '4:129: "portss" is not among "topology", expected bridge or ports, did you mean "ports"?',
    ],
    ['[{ memory: [2G] }]', '4:127: "2G" is not among "memory", expected 512M or 1G, did you mean "1G"?'],
    ['[{ variant: b, memory: 1G }]', '4:128: "b" is not among the variants, expected a, did you mean "a"?'],
    ['[{}]', '4:117: an exclusion that says nothing, expected values of the axes'],
    ['[{ topology: [bridge, ports] }]', '4:1: everything is excluded, expected at least one variant'],
    ['[{ chipset: q35 }]', /^4:119: unknown key "chipset" in item 1 of "exclude", expected topology, machine, /],
  ])('%s is refused', (exclude, message) => {
    expect(wrong(matrix(exclude))).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });
});

describe('a matrix that cannot be laid out is a problem', () => {
  test.each([
    ['{}', '4:1: the matrix has no axis, expected something to go over'],
    ['{ exclude: [] }', '4:1: the matrix has no axis, expected something to go over'],
    ['{ cpus: [] }', '4:17: "cpus" is an empty list, expected a list of values, or a map from labels to values'],
    ['{ cpus: {} }', '4:17: "cpus" is an empty map, expected a list of values, or a map from labels to values'],
    ['{ cpus: 4 }', '4:17: "cpus" is 4, expected a list of values, or a map from labels to values'],
    ['{ cpus: [1, 0] }', '4:21: item 2 of "cpus" is 0, expected a whole number from 1 to 255 (virtual CPUs)'],
    ['{ cpus: { a/b: 1 } }', '4:19: the key "a/b" in "cpus", expected a label of letters, digits, ".", "_" and "-"'],
    [
      '{ cpus: [1, 1] }',
      '4:17: two values of "cpus" would both be called "cpus1", expected each value once, or labels of your own: a map from label to value in place of the list',
    ],
    [
      '{ load: [{ host: 1 }, { guest: 0, host: 1 }] }',
      '4:17: two values of "load" would both be called "host1", expected each value once, or labels of your own: a map from label to value in place of the list',
    ],
    [
      '{ parameters: { a.x: [1], b.x: [1, 1] } }',
      '4:40: two values of "b.x" would both be called "x1", expected each value once, or labels of your own: a map from label to value in place of the list',
    ],
    [
      `{ cpus: [${Array.from({ length: 40 }, (_, index) => index + 1)}], count: [${Array.from({ length: 26 }, (_, index) => index + 1)}] }`,
      '4:1: 40 x 26 = 1040 variants, expected at the most 1000',
    ],
    [
      '{ topolgy: [shpc-bridge] }',
      /^4:11: unknown key "topolgy" in "matrix", expected topology, .*did you mean "topology"\?$/,
    ],
  ])('%s', (matrix, message) => {
    expect(wrong(matrix)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });

  test('because two combinations have one name', () => {
    expect(wrong('{ parameters: { x: { b-c: 1, c: 2 } } }', '{ a: {}, a-b: {} }')).toEqual([
      '4:1: two variants would be called "a-b-c", expected labels of your own: a map from label to value in place of the list',
    ]);
  });

  test('once, however many combinations there are', () => {
    expect(wrong(`{ cpus: [1, 2, 3], parameters: { x: { ${'a'.repeat(60)}: 1 } } }`)).toHaveLength(1);
  });

  test('with a place in the variant, the defaults or the value of the matrix, wherever the setting stands', () => {
    const sequence = 'sequence: [boot, unplug: x]';
    const variants = `{ a: { ${sequence} }, b: { topology: { pcie-root-port: { ports: 1 } }, sequence: [boot, plug: { device: nvme, count: 2 }] } }`;
    expect(wrong('{ cpus: [1] }', variants)).toEqual([
      '3:43: "x" is not plugged at this step, expected a plug step before it',
      '3:64: 2 devices plugged at once in "b-cpus1", but pcie-root-port with ports: 1 has 1 slot, expected a slot for each of them, or to exclude this combination, or "expect: [ok, refused]" where QEMU is to refuse the others',
    ]);
    expect(wrong('{ topology: [acpi-i440fx], iommu: [true] }')).toEqual([
      '4:44: the variant "a-acpi-i440fx-iommu" is on acpi-i440fx, whose machine has no IOMMU, expected iommu: false for it, or a topology on q35',
    ]);
  });

  test('next to mistakes in variants', () => {
    expect(wrong('{ cpus: [1], exclude: [{ variant: b }, { cpus: 3 }] }', '{ a: {}, b: { topology: 5 } }')).toEqual([
      expect.stringMatching(/^3:35: "topology" is 5/),
      expect.stringMatching(/^4:56: "3" is not among "cpus"/),
    ]);
    expect(wrong('{ cpus: [0] }', '[a, b]')).toHaveLength(2);
  });
});

test('a file needs variants, a matrix or both', () => {
  const rest = 'defaults: { topology: shpc-bridge }\nsequence: [boot]\n';
  expect(problemLines(`name: m\n${rest}`)).toEqual([
    '1:1: the file has neither variants nor a matrix, expected "variants", "matrix" or both',
  ]);
  const names = soundScenarioOf(`name: m\nmatrix: { cpus: [1, 2], memory: [1G] }\n${rest}`).variants.map(
    ({ name }) => name,
  );
  expect(names).toEqual(['cpus1-1G', 'cpus2-1G']);
});

const VALID_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const cpus = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 });
const counts = fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 5 });
const topologies = fc.uniqueArray(fc.constantFrom('shpc-bridge', 'acpi-bridge', 'pcie-root-port'), { minLength: 1 });
const bases = fc.uniqueArray(fc.constantFrom('a', 'b', 'c-1'), { minLength: 1 });
const file = fc.record({ cpus, counts, topologies, bases }).chain((axes) =>
  fc.record({
    axes: fc.constant(axes),
    exclude: fc.array(
      fc.record(
        {
          variant: fc.constantFrom(...axes.bases),
          cpus: fc.oneof(fc.constantFrom(...axes.cpus), fc.subarray(axes.cpus, { minLength: 1 })),
          count: fc.constantFrom(...axes.counts),
          topology: fc.constantFrom(...axes.topologies),
        },
        { requiredKeys: ['cpus'] },
      ),
      { maxLength: 3 },
    ),
  }),
);

test('every combination is there once under a valid name, but for those that are excluded', () => {
  fc.assert(
    fc.property(file, ({ axes, exclude }) => {
      const all = axes.bases.flatMap((variant) =>
        axes.topologies.flatMap((topology) =>
          axes.cpus.flatMap((one) => axes.counts.map((count) => ({ variant, topology, cpus: one, count }))),
        ),
      );
      const agrees = (said: unknown, value: unknown) =>
        said === undefined || (Array.isArray(said) ? said.includes(value) : said === value);
      const isLeft = (one: (typeof all)[number]) =>
        !exclude.some((exclusion) =>
          Object.entries(one).every(([key, value]) => agrees(exclusion[key as keyof typeof exclusion], value)),
        );
      const expected = all.filter(isLeft);
      const source = stringify({
        name: 'x',
        variants: Object.fromEntries(axes.bases.map((name) => [name, {}])),
        matrix: { topology: axes.topologies, count: axes.counts, cpus: axes.cpus, exclude },
        sequence: ['boot'],
      });
      const parsed = parseScenario('x.yaml', source);
      if (!parsed.ok) {
        expect(expected).toEqual([]);
        return;
      }
      const names = parsed.value.variants.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(VALID_NAME);
      expect(parsed.value.variants.map(({ topology, guest }) => [topology, guest.cpus])).toEqual(
        expected.map((one) => [one.topology, one.cpus]),
      );
      expect(names).toEqual(expected.map((one) => `${one.variant}-${one.topology}-cpus${one.cpus}-count${one.count}`));
    }),
    { numRuns: 100 },
  );
});
