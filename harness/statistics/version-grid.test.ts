import { expect, test } from 'vitest';
import type { VersionedMachine } from './machine-versions.ts';
import { versionGrids } from './version-grid.ts';

const version = (number: string) => ({ key: number, number, texts: [number] as [string] });
function machine(
  variant: string,
  kernel: string,
  qemu: string,
  settings: Record<string, string> = {},
): VersionedMachine {
  const all = { topology: 'shpc-bridge', ...settings };
  return {
    scenario: 's',
    variant,
    settings: new Map(Object.entries(all)),
    kernel: version(kernel),
    qemu: version(qemu),
  };
}

test('machines of one version each have no grid', () => {
  expect(versionGrids([machine('a', '6.1', '7.2'), machine('b', '6.1', '7.2', { cpus: '4' })])).toEqual([]);
  expect(versionGrids([machine('a', '6.1', '7.2'), machine('b', '6.12', '7.2', { cpus: '4' })])).toEqual([]);
});

test('a machine with several versions of either has one, lowest first; another machine beside it is left out', () => {
  const grids = versionGrids([
    machine('new', '6.12', '10.0'),
    machine('old', '6.1', '7.2'),
    machine('between', '6.12', '7.2'),
    machine('other', '6.1', '7.2', { topology: 'acpi-bridge' }),
  ]);
  expect(grids).toEqual([
    {
      scenario: 's',
      kernels: ['6.1', '6.12'],
      qemus: ['7.2', '10.0'],
      machines: [
        {
          label: 'shpc-bridge',
          cells: [
            { variant: 'new', kernel: 1, qemu: 1 },
            { variant: 'old', kernel: 0, qemu: 0 },
            { variant: 'between', kernel: 1, qemu: 0 },
          ],
        },
      ],
    },
  ]);
});

test('machines are called after what tells them apart', () => {
  const grids = versionGrids(
    ['6.1', '6.12'].flatMap((kernel) => [
      machine(`a${kernel}`, kernel, '7.2', { cpus: '1', memory: '512' }),
      machine(`b${kernel}`, kernel, '7.2', { cpus: '4', memory: '512' }),
      machine(`c${kernel}`, kernel, '7.2', { topology: 'kata', cpus: '4' }),
    ]),
  );
  expect(grids[0]?.machines.map(({ label }) => label)).toEqual(['shpc-bridge, cpus 1', 'shpc-bridge, cpus 4', 'kata']);
});

test('of two variants that differ in nothing the second is not in the place of the first', () => {
  const grids = versionGrids([machine('a', '6.1', '7.2'), machine('again', '6.1', '7.2'), machine('b', '6.12', '7.2')]);
  expect(grids[0]?.machines.map(({ cells }) => cells.map(({ variant }) => variant))).toEqual([['a', 'b']]);
});
