import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { topologies } from '../machine/topology/index.ts';
import { scenarioText, soundScenarioOf } from './test-scenario.ts';

test('the format at a glance: short and long forms side by side', () => {
  const { question, variants, reference } = soundScenarioOf(`
# yaml-language-server: $schema=../harness/scenario/scenario.schema.json
# Does the wait for a human operator matter, and does the patched kernel remove it?
name: topologies
defaults:
  guest: { cpus: 2, memory: 512M, kernel: stock }
  sampling: { boots: 5, cycles: 4, warmup: 1 }
variants:
  shpc: { topology: shpc-bridge }
  shpc-no-wait:
    topology: shpc-bridge
    guest: { kernel: patched, parameters: { shpchp.button_delay_ms: 0, shpchp.settle_ms: 0 } }
  native: { topology: { pcie-root-port: { ports: 4 } } }
  acpi: { topology: acpi-root-port }
sequence:
  - boot
  - plug: virtio-blk
  - unplug: virtio-blk
reference: shpc
deadline: { plug: 3s }
`);
  expect(question).toBe('Does the wait for a human operator matter, and does the patched kernel remove it?');
  expect(reference).toBe('shpc');
  expect(
    variants.map(({ name, guest, topologyOptions, deadlines }) => [
      name,
      guest.kernel,
      guest.parameters,
      topologyOptions,
      deadlines,
    ]),
  ).toEqual([
    ['shpc', { source: 'stock' }, {}, {}, { plugMs: 3000 }],
    [
      'shpc-no-wait',
      { source: 'patched' },
      { 'shpchp.button_delay_ms': '0', 'shpchp.settle_ms': '0' },
      {},
      { plugMs: 3000 },
    ],
    ['native', { source: 'stock' }, {}, { ports: 4 }, { plugMs: 3000 }],
    ['acpi', { source: 'stock' }, {}, { ports: 1 }, { plugMs: 3000 }],
  ]);
});

test('what nobody says has a default', () => {
  const source = '# Why?\nname: d\nvariants: { a: { topology: acpi-bridge } }\nsequence: [boot]\n';
  expect(soundScenarioOf(source, 'scenarios/d.yaml')).toEqual({
    file: 'scenarios/d.yaml',
    source,
    name: 'd',
    question: 'Why?',
    variants: [
      {
        scenario: 'd',
        name: 'a',
        topology: 'acpi-bridge',
        topologyOptions: {},
        guest: {
          cpus: 2,
          memoryMiB: 512,
          kernel: { source: 'stock' },
          iommu: false,
          firmwareLog: false,
          parameters: {},
        },
        bootMode: 'fresh',
        clock: 'real',
        accelerator: 'auto',
        sampling: { boots: 5, cycles: 4, warmup: 1 },
        timeouts: { bootMs: 120_000, plugMs: 30_000, unplugMs: 30_000 },
        deadlines: {},
        expected: {},
        started: [],
        bootPlugs: [],
        steps: [],
      },
    ],
  });
});

test('load and expected outcomes are merged key by key, and everything else about machine and devices is replaced', () => {
  const { variants } = soundScenarioOf(
    scenarioText({
      defaults: `{ topology: shpc-bridge, machine: q35, qemu: ./qemu, boot_mode: snapshot, count: 2,
        device: { device: virtio-blk, backend: { file: a.raw } }, load: { guest: 1, host: 2 },
        expect: { boot: crashed, plug: [ok, lost] }, sampling: { cycles: 1, warmup: 0 } }`,
      variants: `{ plain: {}, own: { machine: pc-q35-6.0, qemu: qemu, boot_mode: fresh, count: 1, device: virtio-blk,
        load: { guest: 0 }, expect: { plug: timeout } } }`,
      sequence: '[boot, plug]',
    }),
  );
  const disk = (backend: unknown) => ({ device: 'virtio-blk', options: { backend } });
  expect(variants).toMatchObject([
    {
      machine: 'q35',
      qemu: '/scenarios/qemu',
      bootMode: 'snapshot',
      expected: { boot: ['crashed'], plug: ['ok', 'lost'] },
      steps: [
        {
          ...{ operation: 'load', guestCpus: 1, hostCpus: 2 },
          steps: [{ branches: [[disk({ file: '/scenarios/a.raw' })], [disk({ file: '/scenarios/a.raw' })]] }],
        },
      ],
    },
    {
      machine: 'pc-q35-6.0',
      qemu: 'qemu',
      bootMode: 'fresh',
      expected: { boot: ['crashed'], plug: ['timeout'] },
      steps: [{ operation: 'load', guestCpus: 0, hostCpus: 2, steps: [disk('null-co')] }],
    },
  ]);
});

test('a variant is merged key by key over the defaults, and these over the top of the file', () => {
  const { variants, reference } = soundScenarioOf(
    scenarioText({
      defaults: `{ topology: { pcie-root-port: { ports: 4 } }, accelerator: tcg, sampling: { boots: 7, cycles: 3 },
        guest: { cpus: 4, memory: 1G, iommu: true, kernel: { image: k, modules: m }, parameters: { a: 1, b: 2, c: } },
        timeout: { plug: 2s, unplug: 2s }, deadline: { plug: 20ms } }`,
      variants: `{ plain: {}, own: { topology: pcie-root-port, accelerator: kvm, sampling: { cycles: 9 },
        guest: { cpus: 1, iommu: false, kernel: host, parameters: { b: , d: 4 } }, timeout: { plug: 3s }, deadline: { boot: 30ms } } }`,
      rest: 'timeout: { boot: 1s, plug: 1s }\ndeadline: { plug: 10ms, unplug: 10ms }\nreference: own\n',
    }),
  );
  expect(reference).toBe('own');
  expect(variants).toMatchObject([
    {
      topologyOptions: { ports: 4 },
      accelerator: 'tcg',
      sampling: { boots: 7, cycles: 3, warmup: 1 },
      guest: {
        cpus: 4,
        memoryMiB: 1024,
        iommu: true,
        kernel: { source: 'custom', image: '/scenarios/k', modules: '/scenarios/m' },
        parameters: { a: '1', b: '2', c: null },
      },
      timeouts: { bootMs: 1000, plugMs: 2000, unplugMs: 2000 },
      deadlines: { plugMs: 20, unplugMs: 10 },
    },
    {
      topologyOptions: { ports: 1 },
      accelerator: 'kvm',
      sampling: { boots: 7, cycles: 9, warmup: 1 },
      guest: {
        cpus: 1,
        memoryMiB: 1024,
        kernel: { source: 'host' },
        iommu: false,
        firmwareLog: false,
        parameters: { a: '1', b: null, c: null, d: '4' },
      },
      timeouts: { bootMs: 1000, plugMs: 3000, unplugMs: 2000 },
      deadlines: { bootMs: 30, plugMs: 20, unplugMs: 10 },
    },
  ]);
});

test('a scenario without a comment at its top asks what its description says', () => {
  expect(soundScenarioOf(scenarioText({ rest: 'description: why' })).question).toBe('why');
  expect(soundScenarioOf(`# how\n${scenarioText({ rest: 'description: why' })}`).question).toBe('how');
});

/** A sequence as a list of choices: plug, or unplug the n-th of what is plugged. It ends with nothing plugged. */
const sequence = fc.array(fc.option(fc.nat()), { maxLength: 40 }).map((choices) => {
  const plugged: string[] = [];
  const steps: unknown[] = ['boot'];
  const unplug = (index: number) => steps.push({ unplug: plugged.splice(index, 1)[0] });
  for (const [index, choice] of choices.entries()) {
    if (choice !== null && plugged.length > 0) {
      unplug(choice % plugged.length);
    } else if (plugged.length < 8) {
      plugged.push(`disk${index}`);
      steps.push({ plug: { device: 'virtio-blk', id: `disk${index}` } });
    }
  }
  while (plugged.length > 0) unplug(0);
  return steps;
});

const settings = fc.record(
  {
    topology: fc.constantFrom('shpc-bridge', 'acpi-bridge', 'acpi-i440fx', { 'pcie-root-port': { ports: 8 } }),
    guest: fc.record(
      { cpus: fc.integer({ min: 1, max: 255 }), memory: fc.integer({ min: 64, max: 4096 }) },
      { requiredKeys: [] },
    ),
    sampling: fc.record(
      { boots: fc.integer({ min: 1, max: 1000 }), warmup: fc.nat({ max: 100 }) },
      { requiredKeys: [] },
    ),
    accelerator: fc.constantFrom('auto', 'kvm', 'tcg'),
  },
  { requiredKeys: [] },
);

const scenario = fc.record({
  defaults: settings.map((own) => ({ topology: 'acpi-bridge', ...own })),
  variants: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/), settings, { minKeys: 1, maxKeys: 5 }),
  sequence,
});

test('every variant of a file is there, filled in, and its devices never share a slot', () => {
  fc.assert(
    fc.property(scenario, (file) => {
      const { variants } = soundScenarioOf(stringify({ name: 'x', ...file }));
      expect(variants.map(({ name }) => name).sort()).toEqual(Object.keys(file.variants).sort());
      for (const { name, topology, topologyOptions, guest, sampling, accelerator, steps } of variants) {
        const own = file.variants[name] ?? {};
        expect(guest.cpus).toBe(own.guest?.cpus ?? file.defaults.guest?.cpus ?? 2);
        expect(guest.memoryMiB).toBe(own.guest?.memory ?? file.defaults.guest?.memory ?? 512);
        expect(sampling.boots).toBe(own.sampling?.boots ?? file.defaults.sampling?.boots ?? 5);
        expect(sampling.warmup).toBe(own.sampling?.warmup ?? file.defaults.sampling?.warmup ?? 1);
        expect(accelerator).toBe(own.accelerator ?? file.defaults.accelerator ?? 'auto');
        const slots = topologies.get(topology)?.slots(topologyOptions) ?? [];
        expect(steps).toHaveLength(file.sequence.length - 1);
        const taken = new Map<string, number>();
        for (const step of steps) {
          if (step.operation === 'plug') {
            expect([...taken.values()]).not.toContain(step.slot);
            const slot = typeof step.slot === 'number' ? step.slot : Number.NaN;
            expect(slots[slot]).toBeDefined();
            taken.set(step.deviceId, slot);
          } else if (step.operation === 'unplug') {
            expect(taken.delete(step.deviceId)).toBe(true);
          }
        }
        expect(taken.size).toBe(0);
      }
    }),
    { numRuns: 100 },
  );
});
