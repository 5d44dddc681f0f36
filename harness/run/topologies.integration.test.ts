import { expect, test } from 'vitest';
import { topologyOf } from '../machine/topology/index.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { runReal } from './test-run.ts';

/** The small kernel boots in a second or two. */
const guest = { ...testVariant().guest, kernel: { source: 'patched' } } as const;

/** Layouts that no other test boots, each with a plug into its first slot and an unplug. */
const LAYOUTS: readonly (readonly [name: string, topology: string, options: object])[] = [
  ['bridges', 'acpi-bridge', { bridges: 3 }],
  ['i440fx', 'acpi-i440fx', { bridges: 2 }],
  ['packed', 'acpi-root-port', { ports: 40, multifunction: true, 'io-reserve': 0, 'x-speed': 8, 'x-width': 4 }],
  ['pcie-pci-bridge', 'acpi-pcie-pci-bridge', {}],
  ['switch', 'acpi-switch', {}],
  ['expander', 'pxb-pcie', { ports: 2 }],
  ['kata', 'kata', { bridges: 2 }],
  ['libvirt', 'libvirt-acpi', { free: 4 }],
  ['kubevirt', 'kubevirt', {}],
  ['nova', 'nova', { num_pcie_ports: 8 }],
];

test('a disk comes and goes on every layout, and the guest offers the slots that the layout promises', async () => {
  const variants = LAYOUTS.map(([name, topology, options]) => {
    const topologyOptions = topologyOf(topology).options.parse(options) as Record<string, unknown>;
    return testVariant({ name, topology, topologyOptions, guest, sampling: { boots: 1, cycles: 1, warmup: 0 } });
  });
  const run = await runReal(variants);
  for (const { variant, operation, outcome, detail } of run.samples)
    expect(`${variant} ${operation} ${outcome} ${detail}`).toBe(`${variant} ${operation} ok `);
  for (const { variant, slots } of run.findings.facts) expect(slots?.notOffered, variant).toEqual([]);
});
