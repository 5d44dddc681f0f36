import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OperationWindow, operationWindows } from './operation-window.ts';
import type { Operation, RecordedEvent } from './recording.ts';

const operationOf = (number: number | undefined): Operation => ({
  operation: 'plug',
  ...(number !== undefined && { number }),
  cycle: 1,
  warmup: false,
  sequence: 1,
  timeoutMs: 1000,
});

/** What a recorder may see next: a beginning, or something of or around the operations under way. */
const step = fc.record({
  what: fc.constantFrom('begin', 'end', 'command', 'event', 'event'),
  whose: fc.nat(),
});

/** A recording of operations that overlap as they like; `atMs` is the place in it. Not every one has to end. */
const overlapping = fc.array(step, { maxLength: 40 }).map((steps) => {
  const events: RecordedEvent[] = [];
  const open: number[] = [];
  let begun = 0;
  for (const { what, whose } of steps) {
    const atMs = events.length;
    const index = open.length === 0 ? -1 : whose % open.length;
    const number = open[index];
    if (what === 'begin') {
      open.push(begun);
      events.push({ atMs, source: 'harness', event: 'begin', operation: operationOf(begun) });
      begun += 1;
    } else if (what === 'end' && number !== undefined) {
      open.splice(index, 1);
      events.push({ atMs, source: 'harness', event: 'end', operation: number });
    } else if (what === 'command' && number !== undefined) {
      events.push({ atMs, source: 'qmp', direction: 'sent', message: { execute: 'x', id: `op${number}/${atMs}` } });
    } else {
      events.push({ atMs, source: 'console', text: 'anybody' });
    }
  }
  return events;
});

/** The operation that an event names; undefined for one that names none. */
function ownerOf(event: RecordedEvent): number | undefined {
  if (event.source === 'harness' && event.event === 'begin') return event.operation.number;
  if (event.source === 'harness' && event.event === 'end') return event.operation;
  if (event.source !== 'qmp') return undefined;
  return Number(/^op(\d+)/.exec((event.message as { id: string }).id)?.[1]);
}

const groupOf = ({ operation, companions }: OperationWindow) =>
  [operation, ...companions].map(({ number }) => number).toSorted();

describe('however operations overlap', () => {
  test('each that began has one window, in order, with every event of its own and none of others', () => {
    fc.assert(
      fc.property(overlapping, (events) => {
        const found = operationWindows(events);
        expect(found.map(({ operation }) => operation.number)).toEqual(
          events.flatMap((e) => (e.source === 'harness' && e.event === 'begin' ? [e.operation.number] : [])),
        );
        for (const { operation, events: own } of found) {
          expect(own.filter((event) => ownerOf(event) !== undefined)).toEqual(
            events.filter((event) => ownerOf(event) === operation.number),
          );
        }
      }),
    );
  });

  test('companions are mutual, and two that are none have nothing in common in time', () => {
    fc.assert(
      fc.property(overlapping, (events) => {
        const found = operationWindows(events);
        for (const [index, one] of found.entries()) {
          for (const other of found.slice(index + 1)) {
            if (one.companions.includes(other.operation)) expect(groupOf(other)).toEqual(groupOf(one));
            else expect(one.events.at(-1)?.atMs).toBeLessThan(other.events[0]?.atMs ?? Number.NaN);
          }
        }
      }),
    );
  });

  test('what lies between groups is in no operation, and no event is forgotten', () => {
    fc.assert(
      fc.property(overlapping, (events) => {
        const found = operationWindows(events);
        const inside = new Set(found.flatMap((window) => window.events));
        const between = new Set(found.flatMap(({ gapBefore, gapAfter }) => [...gapBefore, ...gapAfter]));
        for (const event of events)
          if (found.length > 0) expect([inside, between].filter((s) => s.has(event))).toHaveLength(1);
      }),
    );
  });
});

test('operations that follow each other are cut as in recordings without numbers', () => {
  const lengths = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lengths, (sizes) => {
      const recordedAs = (numbered: boolean) => {
        const events: Omit<RecordedEvent, 'atMs'>[] = [];
        const seen = { source: 'console', text: '' } as const;
        for (const [number, [within, behind]] of sizes.entries()) {
          const operation = operationOf(numbered ? number : undefined);
          events.push({ source: 'harness', event: 'begin', operation } as Omit<RecordedEvent, 'atMs'>);
          events.push(...Array(within).fill(seen));
          events.push({ source: 'harness', event: 'end', ...(numbered && { operation: number }) } as Omit<
            RecordedEvent,
            'atMs'
          >);
          events.push(...Array(behind).fill(seen));
        }
        return operationWindows(events.map((event, atMs) => ({ ...event, atMs }) as RecordedEvent));
      };
      const shape = ({ events, gapBefore, gapAfter, companions }: OperationWindow) =>
        [events, gapBefore, gapAfter, companions].map(({ length }) => length);
      const old = recordedAs(false).map(shape);
      expect(old).toEqual(sizes.map(([within, behind], i) => [within + 2, sizes[i - 1]?.[1] ?? 0, behind, 0]));
      expect(recordedAs(true).map(shape)).toEqual(old);
    }),
  );
});

test('where no echo lies next to an operation, the nearest before and after it tie the clocks', () => {
  const begin = (number: number): Omit<RecordedEvent, 'atMs'> =>
    ({ source: 'harness', event: 'begin', operation: operationOf(number) }) as Omit<RecordedEvent, 'atMs'>;
  const end = (operation: number) => ({ source: 'harness', event: 'end', operation }) as Omit<RecordedEvent, 'atMs'>;
  /** At once, 1 s after the host's clock. */
  const echo = (request: number, atMs: number) => {
    const guestNs = (atMs + 1000) * 1e6;
    const fields = { request: String(request), received: String(guestNs) };
    return [
      { source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} },
      { source: 'agent', direction: 'received', message: { sequence: request, guestNs, kind: 'echo', fields } },
    ] as unknown as Omit<RecordedEvent, 'atMs'>[];
  };
  const before = [begin(0), end(0), ...echo(1, 2)];
  const among = [begin(1), end(1), begin(2), end(2), begin(3), end(3)];
  const events = [...before, ...among, ...echo(2, 10)].map((event, atMs) => ({ ...event, atMs }) as RecordedEvent);
  const clocks = operationWindows(events).map(({ clockBefore, clockAfter }) => [clockBefore, clockAfter]);
  const [early, late] = [clocks[0]?.[1], clocks[3]?.[1]];
  expect(early).toBeDefined();
  expect(late).toBeDefined();
  expect(clocks).toEqual([
    [undefined, early],
    [early, late],
    [early, late],
    [early, late],
  ]);
});
