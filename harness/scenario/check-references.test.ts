import { describe, expect, test } from 'vitest';
import { topologies } from '../machine/topology/index.ts';
import { listWords } from '../words.ts';
import { problemLines, scenarioText } from './test-scenario.ts';

const plugs = (times: number) => `boot${', plug: virtio-blk'.repeat(times)}`;
const unplugs = (times: number) => ', unplug: virtio-blk'.repeat(times);

describe('the reference', () => {
  test('is one of the variants', () => {
    expect(problemLines(scenarioText({ rest: 'reference: a' }))).toEqual([]);
    expect(problemLines(scenarioText({ variants: '{ shpc: {}, native: {} }', rest: 'reference: nativ' }))).toEqual([
      '5:12: the reference "nativ" is not a variant, expected shpc or native, did you mean "native"?',
    ]);
  });

  test('may be a variant that has a mistake of its own', () => {
    expect(problemLines(scenarioText({ variants: '{ a: { topology: 5 } }', rest: 'reference: a' }))).toHaveLength(1);
  });
});

describe('a topology', () => {
  test('comes from the variant or from the defaults', () => {
    const variants = '{ a: {}, b: { topology: shpc-bridge } }';
    expect(problemLines(scenarioText({ variants }))).toEqual([]);
    expect(problemLines(scenarioText({ defaults: '{}', variants }))).toEqual([
      `3:13: the variant "a" has no topology, expected ${listWords([...topologies.keys()], 'or')}`,
    ]);
  });

  test('has a slot for every device that is plugged at once', () => {
    const of = (ports: number, sequence: string) =>
      problemLines(
        scenarioText({ variants: `{ a: { topology: { pcie-root-port: { ports: ${ports} } } } }`, sequence }),
      );
    expect(of(2, `[${plugs(2)}]`)).toEqual([]);
    expect(of(1, `[${plugs(1)}${unplugs(1)}, plug: virtio-blk]`)).toEqual([]);
    expect(of(1, `[${plugs(2)}]`)).toEqual([
      '3:28: 2 devices plugged at once, but pcie-root-port with ports: 1 has 1 slot, expected a slot for each of them, or "expect: [ok, refused]" where QEMU is to refuse the others',
    ]);
    expect(of(2, `[${plugs(1)}${unplugs(1)}, plug: virtio-blk, plug: virtio-blk, plug: virtio-blk]`)).toEqual([
      '3:28: 3 devices plugged at once, but pcie-root-port with ports: 2 has 2 slots, expected a slot for each of them, or "expect: [ok, refused]" where QEMU is to refuse the others',
    ]);
  });

  test('that comes from the defaults is blamed there, once for all variants', () => {
    const defaults = '{ topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 } }';
    expect(problemLines(scenarioText({ defaults, variants: '{ a: {}, b: {} }', sequence: `[${plugs(32)}]` }))).toEqual([
      '2:23: 32 devices plugged at once, but shpc-bridge has 31 slots, expected a slot for each of them, or "expect: [ok, refused]" where QEMU is to refuse the others',
    ]);
  });

  test('names its own buses: a device cannot have the id of one', () => {
    const sequence = '[boot, plug: { device: virtio-blk, id: port0 }]';
    expect(problemLines(scenarioText({ sequence }))).toEqual([]);
    expect(problemLines(scenarioText({ variants: '{ a: { topology: acpi-root-port } }', sequence }))).toEqual([
      '4:50: the id "port0" is that of a bus in acpi-root-port, expected another id for the device',
    ]);
  });
});

describe('an IOMMU', () => {
  const iommu = '{ iommu: true }';

  test.each(['shpc-bridge', 'acpi-bridge', 'pcie-root-port', 'acpi-root-port'])('is there on %s', (topology) => {
    expect(problemLines(scenarioText({ variants: `{ a: { topology: ${topology}, guest: ${iommu} } }` }))).toEqual([]);
  });

  test('is refused where the machine cannot have one, with the place that asks for it', () => {
    const variants = `{ a: { topology: acpi-i440fx, guest: ${iommu} } }`;
    expect(problemLines(scenarioText({ variants }))).toEqual([
      '3:57: the variant "a" is on acpi-i440fx, whose machine has no IOMMU, expected iommu: false for it, or a topology on q35',
    ]);
    const defaults = `{ topology: shpc-bridge, guest: ${iommu} }`;
    expect(problemLines(scenarioText({ defaults, variants: '{ a: {}, b: { topology: acpi-i440fx } }' }))).toEqual([
      '2:52: the variant "b" is on acpi-i440fx, whose machine has no IOMMU, expected iommu: false for it, or a topology on q35',
    ]);
  });

  test('of the defaults can be taken away again by a variant', () => {
    const defaults = `{ topology: shpc-bridge, guest: ${iommu} }`;
    const variants = '{ a: {}, b: { topology: acpi-i440fx, guest: { iommu: false } } }';
    expect(problemLines(scenarioText({ defaults, variants }))).toEqual([]);
  });
});

describe('a machine type', () => {
  const wrong = (settings: string) => problemLines(scenarioText({ variants: `{ a: { ${settings} } }` }));

  test.each(['q35', 'pc-q35-6.0', 'pc-q35-rhel9.2.0', 'lunar'])('%s may be on a topology of q35', (machine) => {
    expect(wrong(`machine: ${machine}`)).toEqual([]);
  });

  test('of the other chipset is refused', () => {
    expect(wrong('machine: pc-i440fx-7.2')).toEqual([
      '3:27: "pc-i440fx-7.2" is a machine type of another chipset than shpc-bridge has, expected q35 or a type such as pc-q35-7.2',
    ]);
    expect(wrong('topology: acpi-i440fx, machine: pc-q35-7.2')).toEqual([
      '3:50: "pc-q35-7.2" is a machine type of another chipset than acpi-i440fx has, expected pc or a type such as pc-i440fx-7.2',
    ]);
    expect(wrong('topology: acpi-i440fx, machine: pc')).toEqual([]);
  });

  test.each(['virt', 'virt-9.0', 'microvm', 'isapc', 'none', 'x-remote', 'xenfv', 'nitro'])(
    '%s has no slots and is refused on every topology',
    (machine) => {
      for (const topology of topologies.keys()) {
        expect(wrong(`topology: ${topology}, machine: ${machine}`)).toEqual([
          expect.stringMatching(
            /^3:\d+: the machine type ".+" (is|has|runs) .+, expected (q35|pc) or a type such as pc-/,
          ),
        ]);
      }
    },
  );

  test.each(['acpi-root-port', 'acpi-bridge', 'kata', 'kata-2021-acpi', 'libvirt-acpi', 'kubevirt', 'nova'])(
    'older than 6.1 is refused on %s, which would be under native hot-plug there',
    (topology) => {
      for (const machine of ['pc-q35-6.0', 'pc-q35-2.12', 'pc-q35-4.0.1']) {
        expect(wrong(`machine: ${machine}, topology: ${topology}`)).toEqual([
          `3:27: "${machine}" has no ACPI hot-plug for bridges and root ports, which ${topology} is about: q35 has it since machine type pc-q35-6.1, expected pc-q35-6.1 or newer, or a topology under native hot-plug`,
        ]);
      }
      for (const machine of ['pc-q35-6.1', 'pc-q35-10.0', 'pc-q35-11.1', 'q35']) {
        expect(wrong(`machine: ${machine}, topology: ${topology}`)).toEqual([]);
      }
    },
  );

  test.each(['shpc-bridge', 'pcie-root-port', 'kata-2021', 'libvirt'])('of any age may be on %s', (topology) => {
    expect(wrong(`machine: pc-q35-2.4, topology: ${topology}`)).toEqual([]);
  });

  test("a QEMU of Debian's that is older is refused likewise, at its value in a matrix", () => {
    const because =
      'QEMU 5.2 has no ACPI hot-plug for bridges and root ports, which acpi-bridge is about: q35 has it since QEMU 6.1, expected QEMU 6.1 or newer, or a topology under native hot-plug';
    expect(wrong('qemu: { debian: bullseye }, topology: acpi-bridge')).toEqual([`3:24: ${because}`]);
    expect(wrong("qemu: { debian: sid, version: '1:5.2+dfsg-11' }, topology: acpi-bridge")).toEqual([
      `3:24: ${because}`,
    ]);
    for (const qemu of ['{ debian: bookworm }', '{ debian: sid }', "{ debian: bullseye, version: '1:7.2+dfsg-7' }"]) {
      expect(wrong(`qemu: ${qemu}, topology: acpi-bridge`)).toEqual([]);
    }
    expect(wrong('qemu: { debian: bullseye }, topology: shpc-bridge')).toEqual([]);
    const rest = 'matrix:\n  topology: [acpi-bridge, acpi-i440fx]\n  qemu: [{ debian: sid }, { debian: bullseye }]\n';
    expect(problemLines(scenarioText({ rest }))).toEqual([`7:27: ${because}, or to exclude this combination`]);
  });

  test('of a matrix is refused at its value, once for each topology, and can be excluded', () => {
    const of = (exclude: string) =>
      problemLines(
        scenarioText({
          rest: `matrix:\n  cpus: [1, 2]\n  topology: [shpc-bridge, acpi-root-port]\n  machine: [q35, pc-q35-6.0]\n${exclude}`,
        }),
      );
    expect(of('')).toEqual([
      '8:18: "pc-q35-6.0" has no ACPI hot-plug for bridges and root ports, which acpi-root-port is about: q35 has it since machine type pc-q35-6.1, expected pc-q35-6.1 or newer, or a topology under native hot-plug, or to exclude this combination',
    ]);
    expect(of('  exclude: [{ topology: acpi-root-port, machine: pc-q35-6.0 }]')).toEqual([]);
  });
});

describe('a sequence that leaves a device plugged', () => {
  const left = (sampling: string) =>
    problemLines(
      scenarioText({ variants: `{ once: {}, a: { sampling: ${sampling} } }`, sequence: `[${plugs(2)}${unplugs(1)}]` }),
    );

  test('can be run once in a boot', () => {
    expect(left('{}')).toEqual([]);
  });

  test.each([
    ['{ cycles: 2 }', 'the variant "a" repeats it (warmup: 0, cycles: 2)'],
    ['{ warmup: 1 }', 'the variant "a" repeats it (warmup: 1, cycles: 1)'],
  ])('cannot be repeated: %s', (sampling, passes) => {
    expect(left(sampling)).toEqual([
      `4:42: "virtio-blk-2" is still plugged at the end of the sequence, and ${passes}, expected a step "unplug: virtio-blk-2"`,
    ]);
  });

  test('is blamed once for several of one step', () => {
    const sequence = '[boot, plug: { device: virtio-blk, count: 3 }]';
    expect(problemLines(scenarioText({ variants: '{ a: { sampling: { cycles: 2 } } }', sequence }))).toEqual([
      '4:24: "virtio-blk" and 2 others are still plugged at the end of the sequence, and the variant "a" repeats it (warmup: 0, cycles: 2), expected a step "unplug: all"',
    ]);
  });

  test('is not blamed when a slip in its unplug step is', () => {
    const sequence = '[boot, plug: { device: virtio-blk, id: disk0 }, unplug: disk1]';
    expect(problemLines(scenarioText({ variants: '{ a: { sampling: { cycles: 2 } } }', sequence }))).toEqual([
      '4:67: "disk1" is not plugged at this step, expected disk0, did you mean "disk0"?',
    ]);
  });
});

describe('a sequence', () => {
  test('of a variant is followed instead of that of the defaults, and that instead of the one of the file', () => {
    const of = (settings: string, defaults = '{ topology: shpc-bridge, sequence: [boot, unplug: b] }') =>
      problemLines(scenarioText({ defaults, variants: `{ a: { ${settings} } }`, sequence: '[boot, unplug: c]' })).map(
        (line) => line.split(',')[0],
      );
    expect(of('sequence: [boot, unplug: a]')).toEqual(['3:43: "a" is not plugged at this step']);
    expect(of('')).toEqual(['2:61: "b" is not plugged at this step']);
    expect(of('', '{ topology: shpc-bridge }')).toEqual(['4:26: "c" is not plugged at this step']);
  });

  test('is missing where neither the file nor the variant has one', () => {
    const source = 'name: x\ndefaults: { topology: shpc-bridge }\nvariants: { a: {}, b: { sequence: [boot] } }\n';
    expect(problemLines(source)).toEqual([
      '3:13: the variant "a" has no sequence, expected "sequence" in the file, its defaults or the variant',
    ]);
    expect(
      problemLines(source.replace('variants: { a: {}, b: { sequence: [boot] } }', 'matrix: { cpus: [1, 2] }')),
    ).toEqual([
      '3:1: each variant of the matrix has no sequence, expected "sequence" in the file, its defaults or the variant',
    ]);
  });

  test('is followed also where no variant is sound, unless it leaves something to them', () => {
    const of = (sequence: string) => problemLines(scenarioText({ variants: '{ a: 5 }', sequence })).slice(1);
    expect(of('[boot, unplug: c]')).toHaveLength(1);
    expect(of('[boot, plug, unplug: c]')).toEqual([]);
  });
});

test('a file with endless steps is refused before it has taken long', () => {
  const variants = Array.from({ length: 200 }, (_, index) => `v${index}: {}`).join(', ');
  const sequence = '[boot, repeat: { times: 500, steps: [plug: virtio-blk, unplug] }]';
  expect(problemLines(scenarioText({ variants: `{ ${variants} }`, sequence }))).toEqual([
    '4:1: more than 50000 steps in the passes of all variants, expected fewer steps or variants',
  ]);
});

test.each(['patched', 'unpatched', '{ patched: trixie }'])(
  'OVMF cannot load the kernel %s, which has no EFI',
  (kernel) => {
    const own = (firmware: string) =>
      problemLines(
        scenarioText({
          variants: `{ a: { topology: kata-ovmf, firmware: ${firmware}, guest: { kernel: ${kernel} } } }`,
        }),
      );
    expect(own('ovmf')).toEqual([expect.stringContaining("firmware: ovmf with a kernel of the harness's own")]);
    expect(own('seabios')).toEqual([]);
  },
);
