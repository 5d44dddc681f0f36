import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Edge, kernel, type PhaseTable } from '../drivers/phase-table.ts';
import { type OperationName, UNATTRIBUTED } from '../vocabulary.ts';
import { analyse } from './analyse.ts';
import { phasesOf } from './phases.ts';
import { recorded } from './recorded.fixture.ts';

/** Recordings of real boots: QEMU 7.2 under TCG, Debian's 6.1 kernel, one plug and one unplug. */
function phasesIn(name: string, operation: OperationName) {
  const { header, events } = recorded(name);
  const found = analyse(events, header.controller).find(({ judged }) => judged.operation.operation === operation);
  if (!found) throw new Error(`no ${operation} in ${name}`);
  return new Map(found.phases.map((phase) => [phase.name, phase]));
}

const near = (ms: number | undefined, low: number, high: number) => {
  expect(ms).toBeGreaterThan(low);
  expect(ms).toBeLessThan(high);
};

describe('a real recording', () => {
  test.each(['shpc-bridge', 'pcie-root-port', 'acpi-root-port'])(
    '%s: phases follow each other, add up to the latency and leave nothing unexplained',
    (name) => {
      const { header, events } = recorded(name);
      for (const { judged, phases } of analyse(events, header.controller)) {
        let endMs = 0;
        for (const { startMs, durationMs } of phases) {
          expect(startMs).toBeCloseTo(endMs, 6);
          expect(durationMs).toBeGreaterThanOrEqual(0);
          endMs = startMs + durationMs;
        }
        expect(endMs).toBeCloseTo(judged.latencyMs ?? Number.NaN, 6);
        expect(phases.map((phase) => phase.name)).not.toContain(UNATTRIBUTED);
      }
    },
  );

  test('SHPC plug: 5 s for the button, 1 s to settle, and the rest', () => {
    const phases = phasesIn('shpc-bridge', 'plug');
    expect([...phases.keys()]).toEqual([
      'qmp-command',
      'notify',
      'button-event',
      'button-wait',
      'power-on',
      'settle-wait',
      'enumeration',
      'driver-probe',
      'device-node',
      'first-use',
    ]);
    near(phases.get('button-wait')?.durationMs, 5000, 5270);
    near(phases.get('settle-wait')?.durationMs, 1000, 1050);
  });

  test('native plug: no button wait, because presence cancels it, but 120 ms for the link', () => {
    const phases = phasesIn('pcie-root-port', 'plug');
    expect(phases.get('button-wait')?.durationMs).toBeLessThan(5);
    near(phases.get('link-wait')?.durationMs, 120, 160);
  });

  test('native unplug: 5 s for the button and 1 s after power off', () => {
    const phases = phasesIn('pcie-root-port', 'unplug');
    near(phases.get('button-wait')?.durationMs, 5000, 5270);
    near(phases.get('settle-wait')?.durationMs, 1000, 1050);
  });

  test('SHPC and ACPI unplug: QEMU frees the device some 50 ms after it took it apart', () => {
    near(phasesIn('shpc-bridge', 'unplug').get('qemu-deletion')?.durationMs, 10, 100);
    near(phasesIn('acpi-root-port', 'unplug').get('qemu-deletion')?.durationMs, 10, 100);
  });

  test("without the drivers' debug messages, what cannot be told apart is unattributed, and it still adds up", () => {
    const { header, events } = recorded('shpc-bridge');
    const silent = events.filter(
      (event) => !(event.source === 'agent' && event.direction === 'received' && event.message.kind === 'kmsg'),
    );
    const plug = analyse(silent, header.controller).find(({ judged }) => judged.operation.operation === 'plug');
    expect(plug?.phases.map(({ name }) => name)).toContain(UNATTRIBUTED);
    const sumMs = plug?.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(sumMs).toBeCloseTo(plug?.judged.latencyMs ?? Number.NaN, 6);
  });
});

describe('phasesOf', () => {
  const at = (atMs: number, text: string) => ({ atMs, source: 'kernel', text }) as const;
  const row = (name: string, end: Edge | 'operation-end', begin?: Edge) =>
    ({ name, kind: 'guest', end, required: true, source: '', ...(begin ? { begin } : {}) }) as const;
  const names = (table: PhaseTable, moments: readonly ReturnType<typeof at>[]) =>
    phasesOf(table, moments, 0, 10).map(({ name, startMs, durationMs }) => [name, startMs, durationMs]);

  test('a gap between two rows is unattributed', () => {
    const table = [row('a', kernel(/end of a/)), row('b', 'operation-end', kernel(/start of b/))];
    expect(names(table, [at(2, 'end of a'), at(5, 'start of b')])).toEqual([
      ['a', 0, 2],
      [UNATTRIBUTED, 2, 3],
      ['b', 5, 5],
    ]);
  });

  test('an optional row whose end is not seen leaves its time to the next one that is', () => {
    const optional = { ...row('a', kernel(/end of a/)), required: false };
    expect(names([optional, row('b', kernel(/end of b/)), row('c', 'operation-end')], [at(6, 'end of b')])).toEqual([
      ['b', 0, 6],
      ['c', 6, 4],
    ]);
  });

  test('a required row whose end is not seen makes the time until the next known edge unattributed', () => {
    const table = [row('a', kernel(/end of a/)), row('b', kernel(/end of b/)), row('c', 'operation-end')];
    expect(names(table, [at(6, 'end of b')])).toEqual([
      [UNATTRIBUTED, 0, 6],
      ['c', 6, 4],
    ]);
  });

  test('rows of one name that follow each other are one phase', () => {
    const table = [row('a', kernel(/x/)), row('a', kernel(/y/)), row('b', 'operation-end')];
    expect(names(table, [at(2, 'x'), at(5, 'y')])).toEqual([
      ['a', 0, 5],
      ['b', 5, 5],
    ]);
  });

  test('moments before the operation cannot give a phase a negative length', () => {
    expect(names([row('a', kernel(/x/)), row('b', 'operation-end')], [at(-1, 'x')])).toEqual([
      ['a', 0, 0],
      ['b', 0, 10],
    ]);
  });

  test('whatever is seen when, phases have no gap, no overlap and the right sum', () => {
    const letters = fc.constantFrom('a', 'b', 'c', 'd');
    const table = fc.array(
      fc
        .record({ name: letters, end: letters, begin: fc.option(letters), last: fc.boolean() })
        .map(({ name, end, begin, last }) =>
          row(
            name,
            last ? 'operation-end' : kernel(new RegExp(end)),
            begin === null ? undefined : kernel(new RegExp(begin)),
          ),
        ),
      { maxLength: 6 },
    );
    const moments = fc.array(fc.tuple(fc.double({ min: -5, max: 50, noNaN: true }), letters), { maxLength: 12 });
    fc.assert(
      fc.property(table, moments, fc.double({ min: 0, max: 40, noNaN: true }), (rows, seen, endMs) => {
        const sorted = seen.map(([ms, text]) => at(ms, text)).toSorted((x, y) => x.atMs - y.atMs);
        let reachedMs = 0;
        for (const { startMs, durationMs } of phasesOf(rows, sorted, 0, endMs)) {
          expect(startMs).toBeCloseTo(reachedMs, 9);
          expect(durationMs).toBeGreaterThanOrEqual(0);
          reachedMs = startMs + durationMs;
        }
        expect(reachedMs).toBeCloseTo(endMs, 9);
      }),
    );
  });
});
