import type { VersionTable } from '../../harness/statistics/version-table.ts';
import { cellText, marksOf, noChangeText, noiseText, VERSION_KEY, versionChanges } from '../version-changes.ts';
import { operationName, unitOf } from '../words.ts';
import { textTable } from './table.ts';

/** A table for each operation with the versions across, and what changed between neighbours; nothing without versions. */
export function versionLines(tables: readonly VersionTable[]): readonly string[] {
  const scenarios = [...new Set(tables.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) => [
    '',
    `${scenario}: versions side by side`,
    VERSION_KEY,
    ...tables.filter((table) => table.scenario === scenario).flatMap(tableLines),
  ]);
}

function tableLines(table: VersionTable): readonly string[] {
  const { kernels, qemus, machines, warnings } = table;
  const noise = noiseText(table);
  const changes = versionChanges(table).map(({ text }) => text);
  const found = changes.length > 0 ? changes : [noChangeText(table)];
  return [
    '',
    `${operationName(table)}, ${unitOf(table.clock)}`,
    ...textTable(
      ['machine', 'guest', ...qemus.map((qemu) => `QEMU ${qemu}`)].map((heading) => ({ heading, align: 'left' })),
      machines.flatMap((machine) => {
        const measured = kernels.flatMap((kernel, index) => {
          const cells = machine.cells.filter((cell) => cell.kernel === index);
          return cells.length === 0 ? [] : [{ kernel, cells }];
        });
        return measured.map(({ kernel, cells }, row) => [
          row === 0 ? machine.label : '',
          `Linux ${kernel}`,
          ...qemus.map((_, qemu) => {
            const cell = cells.find((one) => one.qemu === qemu);
            if (!cell) return '-';
            const marks = marksOf(machine, machine.cells.indexOf(cell));
            return [cellText(cell), ...marks.map(({ arrow, text }) => arrow + text)].join(' ');
          }),
        ]);
      }),
    ),
    ...[...found, noise].flatMap((text) => (text === undefined ? [] : [`  ${text}`])),
    ...warnings.map((text) => `note: ${text}`),
  ];
}
