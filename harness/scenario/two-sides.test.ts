import { expect, test } from 'vitest';
import { parseScenario } from './parse.ts';
import { readSettings, twoSidedText } from './two-sides.ts';

const SOURCE = `
name: quick
defaults: { guest: { cpus: 2 } }
variants:
  shpc: { topology: shpc-bridge, guest: { parameters: { quiet: ~ } } }
  acpi: { topology: acpi-root-port }
sequence: [boot, plug: virtio-blk, unplug: virtio-blk]
reference: shpc
`;

test('each variant is there twice, with what its side has otherwise', () => {
  const b = readSettings('guest/kernel=patched guest/parameters/shpchp.button_delay_ms=0') ?? [];
  const text = twoSidedText('quick.yaml', SOURCE, { a: [], b });
  const read = parseScenario('quick.yaml', text.ok ? text.value : '');
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  const { name, reference, variants } = read.value;
  expect(name).toBe('quick-ab');
  expect(reference).toBeUndefined();
  expect(variants.map((one) => [one.name, one.guest.kernel.source, one.guest.cpus])).toEqual([
    ['shpc-a', 'stock', 2],
    ['shpc-b', 'patched', 2],
    ['acpi-a', 'stock', 2],
    ['acpi-b', 'patched', 2],
  ]);
  expect(variants[1]?.guest.parameters).toEqual({ quiet: null, 'shpchp.button_delay_ms': '0' });
});

test('what is wrong with a scenario is told by reading it, not by this', () => {
  expect(twoSidedText('x.yaml', 'name: [', { a: [], b: [] })).toEqual({ ok: true, value: 'name: [' });
  expect(twoSidedText('x.yaml', 'name: x', { a: [], b: [] })).toMatchObject({
    ok: false,
    failure: expect.stringContaining('x.yaml: it has no "variants"'),
  });
});

test('settings are read as YAML reads values', () => {
  expect(readSettings('guest/cpus=2 qemu=/usr/bin/x guest/parameters/quiet=~')).toEqual([
    { path: ['guest', 'cpus'], value: 2 },
    { path: ['qemu'], value: '/usr/bin/x' },
    { path: ['guest', 'parameters', 'quiet'], value: null },
  ]);
  expect(readSettings('nothing')).toBeUndefined();
  expect(readSettings('a={')).toBeUndefined();
});
