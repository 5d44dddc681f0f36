import { describe, expect, test } from 'vitest';
import { soundScenarioOf } from '../scenario/test-scenario.ts';
import { describeScenarios } from './describe-variants.ts';

const told = (source: string) => describeScenarios([soundScenarioOf(source, 'scenarios/x.yaml')]);

const MATRIX = `
# What does each further device cost?
name: burst
defaults: { device: virtio-blk, sampling: { boots: 3, cycles: 1, warmup: 0 } }
matrix:
  topology: [shpc-bridge, { pcie-root-port: { ports: 16 } }]
  count: [1, 16]
sequence: [boot, plug, wait: 500ms, unplug]
reference: shpc-bridge-count1
deadline: { plug: 3s }
fit: [{ latency: last-plug, against: count }]
`;

test('what all variants have in common is said once, and the rest is a table', () => {
  expect(told(MATRIX)).toEqual([
    'burst (scenarios/x.yaml): 4 variants',
    '  What does each further device cost?',
    "  machine      the topology's",
    '  qemu         the usual',
    '  guest        2 vCPUs, 512 MiB',
    '  kernel       stock',
    '  boots        3 fresh',
    '  passes       1',
    '  accelerator  auto',
    '  clock        real',
    '  timeouts     boot 2 min, plug 30 s, unplug 30 s',
    '  deadlines    plug 3 s',
    '  expected     ok',
    '  load         none',
    '  parameters   none of its own',
    '  fit          last-plug over count: shpc-bridge',
    '  fit          last-plug over count: pcie-root-port',
    '  variant                         topology                sequence',
    '  shpc-bridge-count1 (reference)  shpc-bridge             boot, plug virtio-blk, wait 500 ms, unplug virtio-blk',
    '  shpc-bridge-count16             shpc-bridge             boot, plug 16 virtio-blk together, wait 500 ms, unplug all 16 together',
    '  pcie-root-port-ports16-count1   pcie-root-port-ports16  boot, plug virtio-blk, wait 500 ms, unplug virtio-blk',
    '  pcie-root-port-ports16-count16  pcie-root-port-ports16  boot, plug 16 virtio-blk together, wait 500 ms, unplug all 16 together',
  ]);
});

test('one variant needs no table', () => {
  const lines = told('name: x\nvariants: { a: { topology: acpi-i440fx, machine: pc-i440fx-7.2 } }\nsequence: [boot]\n');
  expect(lines.slice(0, 4)).toEqual([
    'x (scenarios/x.yaml): 1 variant',
    '  variant      a',
    '  topology     acpi-i440fx',
    '  machine      pc-i440fx-7.2',
  ]);
  expect(lines.at(-1)).toBe('  sequence     boot');
});

test('every setting that differs has a column', () => {
  const [heading, , last] = told(`
name: x
defaults: { topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 } }
variants:
  a: {}
  b:
    topology: { pcie-root-port: { ports: 2 } }
    machine: pc-q35-6.0
    qemu: qemu-system-x86_64
    guest: { cpus: 1, kernel: { image: k, modules: m }, parameters: { a: } }
    sampling: { boots: 1, cycles: 2 }
    boot_mode: snapshot
    accelerator: tcg
    timeout: { plug: 1s }
    deadline: { plug: 50ms }
    expect: { plug: lost }
    load: { guest: 1 }
sequence: [boot, wait: 1s]
`).slice(-3);
  expect(heading?.trim().split(/ +/)).toEqual([
    ...['variant', 'topology', 'machine', 'qemu', 'guest', 'kernel', 'boots', 'passes', 'accelerator', 'timeouts'],
    ...['deadlines', 'expected', 'load', 'parameters'],
  ]);
  expect(last).toMatch(/^ {2}b +pcie-root-port-ports2 +pc-q35-6\.0 .* plug lost +guest 1 +a$/);
});

describe('a sequence', () => {
  const of = (steps: string, rest = '') =>
    told(`
name: x
defaults: { sampling: { cycles: 1, warmup: 0 } }
variants: { a: { topology: shpc-bridge, ${rest} } }
sequence: [boot, ${steps}]
`)
      .at(-1)
      ?.replace(/^ *sequence +boot, /, '');

  test.each([
    ['plug: nvme, unplug', 'plug nvme, unplug nvme'],
    ['plug: { device: nvme, id: disk0 }, unplug: disk0', 'plug nvme (disk0), unplug nvme (disk0)'],
    ['plug: { device: nvme, count: 3 }', 'plug 3 nvme together'],
    ['plug: { device: nvme, count: 3, gap: 50ms }', 'plug 3 nvme 50 ms apart'],
    ['plug: { device: nvme, count: 3, together: false }', '3 x [plug nvme]'],
    ['plug: { device: nvme, count: 3 }, unplug: { count: 2 }', 'plug 3 nvme together, unplug 2 nvme together'],
    ['plug: nvme, plug: virtio-rng, unplug', 'plug nvme, plug virtio-rng, unplug all 2 together'],
    ['plug: { device: nvme, backend: { file: /a.raw } }', 'plug nvme-backend_file_/a.raw'],
    ['plug: { device: custom, driver: e1000 }', 'plug custom-e1000'],
    ['plug: { device: nvme, expect: [ok, lost] }', 'plug nvme (ok or lost expected)'],
    ['wait: 1.5s, wait: { until: up }', 'wait 1.5 s, wait for "up" (30 s at the most)'],
    ['repeat: { times: 20, steps: [plug: nvme, wait: 1s, unplug] }', '20 x [plug nvme, wait 1 s, unplug nvme]'],
    ['parallel: [[plug: nvme, unplug], [wait: 1s]]', 'at once: [plug nvme, unplug nvme | wait 1 s]'],
    [
      'wait: 1s, load: { guest: 2, host: 1, steps: [plug: nvme] }',
      'wait 1 s, under load (guest 2, host 1): [plug nvme]',
    ],
    ['plug: { device: nvme, at: 1s }', 'plug nvme 1 s into the boot (watched for 7 s)'],
    [
      'plug: { device: nvme, count: 3, gap: 10ms, at: { from: 0ms, to: 2s }, hold: 1s, expect: lost }, unplug',
      'plug 3 nvme 0 ms to 2 s into the boot, 10 ms apart (watched for 1 s) (lost expected), unplug all 3 together',
    ],
  ])('%s', (steps, expected) => {
    expect(of(steps)).toBe(expected);
  });

  test('inspects', () => {
    const steps = 'plug: nvme, inspect: iommu-groups, unplug';
    expect(of(steps, 'guest: { iommu: true }')).toBe('plug nvme, inspect iommu-groups, unplug nvme');
  });
});
