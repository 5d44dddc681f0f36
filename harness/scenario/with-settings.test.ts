import { expect, test } from 'vitest';
import { soundScenarioOf } from './test-scenario.ts';
import { readSettings } from './two-sides.ts';
import { withSettings } from './with-settings.ts';

const SOURCE = `name: x
variants:
  a: { topology: acpi-root-port, guest: { cpus: 2 } }
  b: { topology: shpc-bridge }
sequence: [boot]
`;
const set = (text: string, source = SOURCE) => withSettings(source, readSettings(text) ?? []);

test('all variants have the settings, whatever they have of their own', () => {
  const changed = set('guest/memory=1G guest/cpus=1');
  if (!changed.ok) throw new Error(changed.failure);
  const { variants } = soundScenarioOf(changed.value, '/x.yaml');
  expect(variants.map(({ name, guest }) => [name, guest.cpus, guest.memoryMiB])).toEqual([
    ['a', 1, 1024],
    ['b', 1, 1024],
  ]);
});

test('a parameter of the kernel keeps the dots of its name', () => {
  const changed = set('guest/parameters/pciehp.poll=1');
  expect(changed.ok && changed.value).toContain('pciehp.poll: 1');
});

test('a matrix is refused, since its values would count more', () => {
  expect(set('guest/cpus=1', 'name: x\nmatrix: { topology: [shpc-bridge] }\n')).toMatchObject({ ok: false });
});

test('what is no scenario is left for who reads it', () => {
  for (const text of ['', '- 1', '{', 'name: x\nvariants: 3'])
    expect(set('guest/cpus=1', text)).toEqual({ ok: true, value: text });
});
