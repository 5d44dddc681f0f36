import { stringify } from 'yaml';
import type { Scenario } from '../variant.ts';
import { parseScenario } from './parse.ts';
import { formatProblem } from './yaml/problem.ts';

/** The parts of a small sound scenario, each on a line of its own, in this order from line 1; tests replace some. */
const PARTS = {
  name: 'tiny',
  defaults: '{ topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 } }',
  variants: '{ a: {} }',
  sequence: '[boot]',
};

export type Parts = Partial<typeof PARTS> & { readonly rest?: string };

/** For tests: a scenario's text. `rest` begins on line 5. */
export function scenarioText({ rest = '', ...parts }: Parts): string {
  return `${Object.entries({ ...PARTS, ...parts })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}${rest}`;
}

/** For tests: `line:column: message` of each problem, none if the text is sound. */
export function problemLines(source: string): readonly string[] {
  const parsed = parseScenario('', source);
  return parsed.ok ? [] : parsed.failure.map((problem) => formatProblem(problem).slice(1));
}

/** For tests: the scenario of a text that has to be sound. */
export function soundScenarioOf(source: string, file = '/scenarios/tiny.yaml'): Scenario {
  const parsed = parseScenario(file, source);
  if (!parsed.ok) throw new Error(parsed.failure.map(formatProblem).join('\n'));
  return parsed.value;
}

/** A scenario with nothing wrong, which uses most of the format: what the broken ones in tests are made from. */
export const SOUND = {
  name: 'sound',
  description: 'three machines, many disks',
  defaults: {
    guest: { cpus: 2, memory: '512M', kernel: 'stock', parameters: { nokaslr: null, 'shpchp.button_delay_ms': 0 } },
    sampling: { boots: 2, cycles: 2, warmup: 1 },
    accelerator: 'tcg',
    boot_mode: 'snapshot',
    device: { device: 'virtio-blk', backend: 'null-co' },
    load: { guest: 1 },
    timeout: { boot: '2m', plug: '30s' },
    expect: { plug: ['ok', 'lost'] },
  },
  variants: {
    bridge: { topology: 'shpc-bridge', machine: 'pc-q35-6.0', qemu: 'qemu-system-x86_64', load: { host: 2 } },
    ports: { topology: { 'pcie-root-port': { ports: 6 } }, guest: { cpus: 1 }, deadline: { unplug: '10s' } },
    more: { topology: { 'pcie-root-port': { ports: 8 } }, guest: { cpus: 1 }, count: 1 },
    race: {
      topology: 'shpc-bridge',
      boot_mode: 'fresh',
      sampling: { cycles: 1, warmup: 0 },
      expect: { boot: 'crashed' },
      sequence: ['boot', { plug: { device: 'nvme', at: { from: '0ms', to: '2s' }, hold: '1s' } }, { wait: '1s' }],
    },
  },
  matrix: {
    memory: ['512M', '1G'],
    parameters: { quiet: { yes: null, no: 'absent' } },
    exclude: [{ variant: 'race', memory: '1G' }, { parameters: { quiet: 'no' } }],
  },
  sequence: [
    'boot',
    { plug: 'virtio-blk' },
    { plug: { device: 'virtio-blk', id: 'disk0', backend: 'null-co' } },
    { unplug: 'virtio-blk' },
    { unplug: { id: 'disk0' } },
    { plug: { count: 2, gap: '50ms', together: true, bus: 'auto' } },
    { wait: { until: 'up', timeout: '2s' } },
    { unplug: { device: 'virtio-blk', count: 2, order: 'newest-first', expect: 'timeout' } },
    {
      parallel: [
        ['plug', { wait: '5ms' }, 'unplug'],
        [{ plug: 'nvme' }, 'unplug'],
      ],
    },
    { repeat: { times: 2, steps: ['plug', { load: { host: 1, steps: ['unplug'] } }] } },
  ],
  reference: 'bridge-512M-yes',
  fit: [
    { latency: 'plug', against: 'ports' },
    { latency: 'last-plug', against: 'memory' },
  ],
  deadline: { plug: '3s' },
};

export const soundScenario = stringify(SOUND);
