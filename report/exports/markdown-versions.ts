import type { VersionTable } from '../../harness/statistics/version-table.ts';
import { operationName } from '../terminal/operation-name.ts';
import { cellText, marksOf, noChangeText, noiseText, VERSION_KEY, versionChanges } from '../version-changes.ts';
import { unitOf } from '../words.ts';

/** One operation with the versions across, as a table of GitHub's Markdown, and what changed under it. */
export function markdownVersions(table: VersionTable, text: (value: string) => string): readonly string[] {
  const { kernels, qemus, machines, warnings } = table;
  const rowOf = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  const noise = noiseText(table);
  const changes = versionChanges(table).map((change) => change.text);
  const found = changes.length > 0 ? changes : [noChangeText(table)];
  const below = [...found, noise, ...warnings].filter((line) => line !== undefined);
  return [
    '',
    `#### ${text(`${operationName(table)} over versions, ${unitOf(table.clock)}`)}`,
    '',
    text(VERSION_KEY),
    '',
    rowOf(['machine', 'guest', ...qemus.map((qemu) => `QEMU ${qemu}`)]),
    `| --- | --- |${' ---: |'.repeat(qemus.length)}`,
    ...machines.flatMap((machine) =>
      kernels.flatMap((kernel, index) => {
        const cells = machine.cells.filter((cell) => cell.kernel === index);
        if (cells.length === 0) return [];
        const figures = qemus.map((_, qemu) => {
          const cell = cells.find((one) => one.qemu === qemu);
          if (!cell) return '-';
          const marks = marksOf(machine, machine.cells.indexOf(cell));
          return [cellText(cell), ...marks.map(({ arrow, text: what }) => arrow + what)].join(' ');
        });
        return [rowOf([machine.label, `Linux ${kernel}`, ...figures])];
      }),
    ),
    '',
    ...below.map((line) => `- ${text(line)}`),
  ];
}
