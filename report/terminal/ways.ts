import type { WaysOfMachine } from '../../harness/findings/ways.ts';
import { formatMs } from '../format.ts';
import { machineText, waysSentence, wayText } from '../ways-words.ts';
import { left, right, textTable } from './table.ts';

const COLUMNS = [
  left('machine'),
  left('devices'),
  right('boots'),
  right('failed'),
  right('p50 ms'),
  right('95 % CI'),
  right('after ready ms'),
  right('95 % CI'),
  right('memory MiB'),
];

/** Which way of giving a guest its devices is soonest, a sentence for each machine and a table, after an empty line. */
export function waysLines(machines: readonly WaysOfMachine[]): readonly string[] {
  if (machines.length === 0) return [];
  const rows = machines.flatMap((machine) =>
    machine.ways.map((way) => [
      machineText(machine),
      wayText(way),
      String(way.boots),
      String(way.failed),
      way.untilUsableMs ? formatMs(way.untilUsableMs.value) : '',
      way.untilUsableMs?.ci95?.map(formatMs).join(' to ') ?? '',
      way.afterReadyMs ? formatMs(way.afterReadyMs.value) : '',
      way.afterReadyMs?.ci95?.map(formatMs).join(' to ') ?? '',
      way.residentMiB?.toFixed(0) ?? '',
    ]),
  );
  return [
    '',
    'from spawning QEMU until the last device is usable: which way is soonest',
    '',
    ...machines.map(waysSentence),
    '',
    ...textTable(COLUMNS, rows),
  ];
}
