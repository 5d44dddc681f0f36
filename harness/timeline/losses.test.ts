import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNATTRIBUTED } from '../vocabulary.ts';
import { type AnalysedOperation, analyse } from './analyse.ts';
import { lastHeard, lossesByKind, lossesIn } from './losses.ts';
import { recorded } from './recorded.fixture.ts';
import type { RecordedEvent } from './recording.ts';

/** Recordings of real boots. Those of bursts, races and virtual time were shortened, and their messages numbered anew. */
const isHeard = (event: RecordedEvent) => event.source === 'agent' && event.direction === 'received';
const kindOf = (event: RecordedEvent) =>
  event.source === 'agent' && event.direction === 'received' ? event.message.kind : '';

function without(events: readonly RecordedEvent[], isLost: (event: RecordedEvent, index: number) => boolean) {
  let index = 0;
  return events.filter((event) => !isHeard(event) || !isLost(event, index++));
}

/** One of the lines with which the agent ties the log's clock: without it the next closest counts, and all lines move. */
const isTie = (event: RecordedEvent) =>
  event.source === 'agent' &&
  event.direction === 'received' &&
  event.message.fields.text?.startsWith('hotplug-bench: clock') === true;

const kindsIn = (events: readonly RecordedEvent[]) => [...new Set(lossesIn(events).map(({ kind }) => kind))];
const phaseOf = ({ phases }: AnalysedOperation, name: string) => phases.find((phase) => phase.name === name);

describe('whole recordings', () => {
  test.each([
    ...['acpi-root-port', 'pcie-root-port', 'shpc-bridge', 'restore'],
    ...['acpi-burst', 'pcie-burst', 'shpc-burst', 'race-early', 'race-late', 'virtual-shpc-stock'],
  ])('%s has lost nothing', (name) => {
    expect(lossesIn(recorded(name).events)).toEqual([]);
  });

  test('read in two parts, nothing is missing where they meet', () => {
    const { events } = recorded('acpi-root-port');
    for (const cut of [100, 200, 300, 400, 500])
      expect(lossesIn(events.slice(cut), lastHeard(events.slice(0, cut))).filter(({ at }) => at === 0)).toEqual([]);
  });
});

describe.each(['acpi-root-port', 'pcie-root-port', 'shpc-bridge'])('%s', (name) => {
  const { header, events } = recorded(name);
  const whole = analyse(events, header.controller);

  test('with every tenth line of the agent taken away says so in every plug and unplug', () => {
    const lossy = without(events, (_, index) => index % 10 === 9);
    expect(kindsIn(lossy)).toEqual(['agent-lines', 'kernel-lines']);
    const analysed = analyse(lossy, header.controller);
    for (const { losses } of analysed) expect(losses).toContain('agent-lines');
    for (const { judged, phases } of analysed) {
      // The one that says that a device is usable may be among them.
      if (judged.operation.operation !== 'boot' && judged.outcome === 'ok')
        expect(phases.map((one) => one.name)).toContain(UNATTRIBUTED);
    }
  });

  test('with lines of the journal but its ties taken away has no phase under its name that is not as long as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 40 }), (steps) => {
        const lost = new Set<number>();
        let at = 0;
        for (const step of steps) {
          at += step + 1;
          lost.add(at);
        }
        const heard = events.filter(isHeard).length;
        const isJournal = (event: RecordedEvent) => ['uevent', 'kmsg', 'done'].includes(kindOf(event));
        const lossy = without(events, (event, index) => lost.has(heard - index) && isJournal(event) && !isTie(event));
        for (const [index, operation] of analyse(lossy, header.controller).entries()) {
          for (const phase of operation.phases) {
            if (phase.name === UNATTRIBUTED) continue;
            const asItWas = whole[index] && phaseOf(whole[index], phase.name);
            expect(Math.abs(phase.durationMs - (asItWas?.durationMs ?? Number.NaN))).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('with any messages taken away gives what it gave, or says that some were lost', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 6 }), (lost) => {
        const lossy = without(events, (_, index) => lost.includes(index));
        for (const [index, { judged, phases, losses }] of analyse(lossy, header.controller).entries()) {
          if (losses.length > 0) continue;
          expect(judged.latencyMs).toBe(whole[index]?.judged.latencyMs);
          expect(phases).toEqual(whole[index]?.phases);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('with one line of the kernel log gone in a wait names what lies before it as ever, and not what it may have ended', () => {
    const plug = whole[1];
    const kernelLines = events.filter((event) => kindOf(event) === 'kmsg' && !isTie(event));
    if (!plug) throw new Error('no plug');
    for (const line of kernelLines.slice(-60)) {
      const [, lossy] = analyse(
        without(events, (event) => event === line),
        header.controller,
      );
      for (const phase of lossy?.phases ?? []) {
        if (phase.name === UNATTRIBUTED) continue;
        expect(phase.durationMs).toBeCloseTo(phaseOf(plug, phase.name)?.durationMs ?? Number.NaN, 6);
      }
    }
  });
});

test('a burst of which a line is missing has no phases: what is lost may have named any of its devices', () => {
  const { header, events } = recorded('shpc-burst');
  const line = events.findLast((event) => kindOf(event) === 'kmsg');
  const lossy = analyse(
    without(events, (event) => event === line),
    header.controller,
  );
  const [last] = lossy.slice(-1);
  expect(last?.losses).toContain('agent-lines');
  expect(last?.phases.map(({ name }) => name)).toEqual([UNATTRIBUTED]);
});

describe('what is said in so many words', () => {
  const said = (kind: string, fields: Record<string, string>, sequence = 1): RecordedEvent => ({
    atMs: sequence,
    source: 'agent',
    direction: 'received',
    message: { sequence, guestNs: sequence * 1e6, kind, fields },
  });

  test.each([
    ['uevents', said('lost-uevents', { request: '1', count: '7' })],
    ['uevent-socket', said('uevent-overrun', { request: '1', count: '2', after: '1000' })],
    ['garbled-requests', said('garbled', { request: '-', reason: 'wrong checksum' })],
    ['module-failed', said('module-failed', { name: 'virtio_blk.ko', reason: 'Exec format error' })],
    ['garbled-lines', { atMs: 1, source: 'agent', direction: 'garbled', line: 'hpb1 x', reason: 'no checksum' }],
    ['backend-kept', { atMs: 1, source: 'harness', event: 'backend-kept', deviceId: 'disk', detail: 'in use' }],
  ] as const)('%s is a kind of its own', (kind, event) => {
    expect(lossesIn([event as RecordedEvent]).map((loss) => loss.kind)).toEqual([kind]);
  });

  test('is counted by kind, with the first in its own words', () => {
    const events = [said('lost-uevents', { count: '7' }), said('lost-uevents', { count: '2' }, 2)];
    expect(lossesByKind(events, lossesIn(events))).toEqual([
      {
        kind: 'uevents',
        count: 9,
        firstAtMs: 1,
        details: [
          '7 uevents that the guest agent had no room to keep',
          '2 uevents that the guest agent had no room to keep',
        ],
      },
    ]);
  });
});

test('a clock that jumps within a burst of echoes is as uncertain as the jump', () => {
  const echo = (request: number, sentMs: number, guestMs: number): readonly RecordedEvent[] => [
    { atMs: sentMs, source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} },
    {
      atMs: sentMs + 1,
      source: 'agent',
      direction: 'received',
      message: {
        sequence: request,
        guestNs: guestMs * 1e6,
        kind: 'echo',
        fields: { request: String(request), received: String(guestMs * 1e6) },
      },
    },
  ];
  const events = [...echo(1, 0, 100.5), ...echo(2, 2, 102.5), ...echo(3, 4, 154.5)];
  const [loss] = lossesIn(events);
  expect(loss?.kind).toBe('clock-contradiction');
  expect(loss?.detail).toContain('the clock is known to 25.500 ms');
});
