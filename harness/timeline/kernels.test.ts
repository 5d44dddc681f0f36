import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Moment } from '../drivers/phase-table.ts';
import { bootFacts } from '../findings/boot-facts.ts';
import { ownerName } from '../guest/slot-owner.ts';
import { type OperationName, type Phase, UNATTRIBUTED } from '../vocabulary.ts';
import { analyse } from './analyse.ts';
import { phaseTable } from './phases.ts';
import { recorded, recordedIn } from './recorded.fixture.ts';
import type { RecordedEvent, Recording } from './recording.ts';
import { kernelLine } from './recording.ts';

/**
 * Recordings of real boots with one plug and one unplug of a disk, by the guest's kernel. Of the boot's log and uevents only
 * what is of use to these two is left, and messages are numbered anew; boots are told apart in `boot-phases.test.ts`.
 */
const FIXTURES = new URL('./fixtures/', import.meta.url);
const kernels = readdirSync(FIXTURES).filter((name) => name.startsWith('linux-'));
const recordings = kernels.flatMap((kernel) => recordedIn(kernel).map((name) => [kernel, name] as const));

function phasesIn({ header, events }: Recording, operation: OperationName): readonly Phase[] {
  const found = analyse(events, header.controller).find(({ judged }) => judged.operation.operation === operation);
  if (!found) throw new Error(`no ${operation} in the recording of ${header.topology}`);
  return found.phases;
}

const PROBED = ['enumeration', 'driver-probe', 'device-node', 'first-use'];
const HEARD = ['qmp-command', 'notify'];
const PLUG: Readonly<Record<string, readonly string[]>> = {
  shpchp: [...HEARD, 'button-event', 'button-wait', 'power-on', 'settle-wait', ...PROBED],
  pciehp: [...HEARD, 'button-event', 'button-wait', 'power-on', 'link-wait', ...PROBED],
  acpiphp: [...HEARD, ...PROBED],
};
const UNPLUG: Readonly<Record<string, readonly string[]>> = {
  shpchp: [...HEARD, 'button-event', 'button-wait', 'driver-removal', 'power-off', 'qemu-deletion'],
  pciehp: [...HEARD, 'button-event', 'button-wait', 'driver-removal', 'settle-wait', 'qemu-deletion'],
  acpiphp: [...HEARD, 'driver-removal', 'eject', 'qemu-deletion'],
};

/** `qmp-command` lasts until QEMU's reply has been read if the guest was not heard before, whatever it does meanwhile. */
const NOT_FROM_LINES: ReadonlySet<string> = new Set([UNATTRIBUTED, 'qmp-command']);
const EXACT_MS = 0.001;
/** What a line says, QEMU's word on the backend may say, too; on the busy host of these recordings it was read so much later. */
const LATE_MS = 50;
const TOLD: Moment = { atMs: 0, source: 'qmp', what: 'event', name: 'DEVICE_DELETED', device: '', path: '' };

test('there are recordings of each kernel that is promised', () => {
  expect(kernels).toEqual(['linux-5.10', 'linux-6.12', 'linux-7.2']);
});

describe.each(recordings)('%s, %s', (kernel, name) => {
  const recording = recorded(`${kernel}/${name}`);
  const { header, events } = recording;

  test('the owner of every slot is known', () => {
    const owners = bootFacts(header, events).slots?.map(({ owner }) => ownerName(owner));
    expect(new Set(owners)).toEqual(new Set([header.controller]));
  });

  test('every phase has its name, and nothing is unattributed', () => {
    const names = (operation: OperationName) => phasesIn(recording, operation).map((phase) => phase.name);
    expect(names('plug')).toEqual(PLUG[header.controller]);
    expect(names('unplug')).toEqual(UNPLUG[header.controller]);
  });

  test.each(linesOf(recording))(
    '%s: without the line that ends %s, that is unattributed, and no other takes its time',
    (operation, row, ends, isTold) => {
      const whole = phasesIn(recording, operation);
      const left = phasesIn({ header, events: events.filter((event) => !ends(event)) }, operation);
      for (const phase of left.filter((one) => !NOT_FROM_LINES.has(one.name))) {
        const others = whole.filter((one) => one.name !== phase.name);
        const elsewhereMs = others.reduce((sumMs, other) => sumMs + overlapMs(phase, other), 0);
        expect(elsewhereMs, `${phase.name} where it was not`).toBeLessThan(
          phase.name === row && isTold ? LATE_MS : EXACT_MS,
        );
      }
      const names = left.map(({ name }) => name);
      expect(names.includes(UNATTRIBUTED) || names.includes(row), `${row} is called otherwise`).toBe(true);
    },
  );
});

/** The rows of an operation's table that end with a line of the kernel in this recording, and which events are such lines. */
function linesOf(recording: Recording) {
  const { header, events } = recording;
  return (['boot', 'plug', 'unplug'] as const).flatMap((operation) => {
    const present = new Set(phasesIn(recording, operation).map(({ name }) => name));
    const table = phaseTable(
      { operation, cycle: 1, warmup: false, sequence: 1, timeoutMs: 1 },
      header.controller,
      'real',
    );
    return table.flatMap(({ name, end }) => {
      const ends = (event: RecordedEvent) => {
        const text = kernelLine(event);
        return end !== 'operation-end' && text !== undefined && end({ atMs: 0, source: 'kernel', text });
      };
      if (!present.has(name) || !events.some(ends)) return [];
      return [[operation, name, ends, end !== 'operation-end' && end(TOLD)] as const];
    });
  });
}

function overlapMs(a: Phase, b: Phase): number {
  const endMs = Math.min(a.startMs + a.durationMs, b.startMs + b.durationMs);
  return Math.max(0, endMs - Math.max(a.startMs, b.startMs));
}
