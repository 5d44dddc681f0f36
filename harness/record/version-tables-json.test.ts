import { expect, test } from 'vitest';
import { madeUpTables } from '../../report/version-tables.fixture.ts';
import { storedVersionTable, versionTablesJson } from './version-tables-json.ts';

test.each([3, 1])('a table of %d boots a cell comes back from its file as it was', (boots) => {
  const tables = madeUpTables(boots);
  expect(tables.length).toBeGreaterThan(0);
  const stored = JSON.parse(JSON.stringify(versionTablesJson(tables)));
  expect(storedVersionTable.array().parse(stored)).toEqual(tables);
});

test('versions and variants are stored by their names', () => {
  const [stored] = versionTablesJson(madeUpTables());
  const machine = stored?.machines.find((one) => one.machine === 'acpi-i440fx');
  expect(machine?.cells[0]).toMatchObject({ variant: 'acpi-i440fx-00', kernel: '5.10', qemu: '5.2', n_boots: 3 });
  expect(machine?.steps.find(({ verdict }) => verdict === 'faster')).toMatchObject({
    axis: 'qemu',
    from: 'acpi-i440fx-01',
    to: 'acpi-i440fx-02',
    phases: [{ phase: 'enumeration' }],
  });
});
