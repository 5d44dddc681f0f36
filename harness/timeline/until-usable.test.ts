import { describe, expect, test } from 'vitest';
import type { GoodSample, Phase, Sample } from '../vocabulary.ts';
import { type AnalysedOperation, analyse } from './analyse.ts';
import { recorded, recordedIn } from './recorded.fixture.ts';
import type { Operation, RecordedEvent } from './recording.ts';
import { samplesOf } from './samples-of.ts';
import { untilUsableOf } from './until-usable.ts';

/** Boots of a real guest: its devices there from the start, plugged when it was ready, during its boot, or by steps after it. */
const names = recordedIn('until-usable');

function wayOf(samples: readonly Sample[]): GoodSample {
  const way = samples.filter(({ operation }) => operation === 'until-usable');
  if (way.length !== 1 || way[0]?.outcome !== 'ok') throw new Error('there is not one whole way');
  return way[0];
}

describe.each(names)('the whole way of a real boot, %s', (name) => {
  const recording = recorded(`until-usable/${name}`);
  const samples = samplesOf([recording]);
  const way = wayOf(samples);

  test('begins with the process of QEMU and ends with the last device', () => {
    const started = recording.events.find((event) => event.source === 'process' && event.event === 'started');
    const ends = samples.flatMap((one) => (one === way ? [] : [one.startMs + (one.latencyMs ?? Number.NaN)]));
    expect(way.startMs).toBe(started?.atMs);
    expect(way.startMs + way.latencyMs).toBeCloseTo(Math.max(...ends), 6);
  });

  test('its phases follow each other and add up to it', () => {
    let untilMs = 0;
    for (const { startMs, durationMs } of way.phases) {
      expect(startMs).toBeCloseTo(untilMs, 6);
      expect(durationMs).toBeGreaterThan(0);
      untilMs = startMs + durationMs;
    }
    expect(untilMs).toBeCloseTo(way.latencyMs, 6);
  });

  test('every phase of the boot is in it, as long as there', () => {
    const boot = samples.find(({ operation }) => operation === 'boot');
    for (const { name: phase, durationMs } of boot?.phases ?? []) {
      const own = way.phases.filter((one) => one.name === phase || one.name === `${phase}+plug`);
      expect(
        own.reduce((sum, one) => sum + one.durationMs, 0),
        phase,
      ).toBeCloseTo(durationMs, 5);
    }
  });

  test('what the harness does between operations is in it where there are steps after the boot', () => {
    const between = way.phases.filter((one) => one.name === 'between-operations');
    expect(between.length > 0).toBe(name !== 'cold' && name !== 'early');
  });
});

const process: RecordedEvent = { atMs: 10, source: 'process', event: 'started', pid: 1 };

function operation(
  what: Partial<Operation>,
  startedAtMs: number,
  durations: readonly (readonly [string, number])[],
): AnalysedOperation {
  let startMs = 0;
  const phases = durations.map(([name, durationMs]): Phase => {
    const phase = { name, kind: 'guest', startMs, durationMs } as const;
    startMs += durationMs;
    return phase;
  });
  const own = { operation: 'plug', cycle: 1, warmup: false, sequence: 1, timeoutMs: 1, ...what } as const;
  const judged = { operation: own, startedAtMs, outcome: 'ok', detail: '', latencyMs: startMs } as const;
  return { judged, phases, losses: [] };
}

const boot = operation({ operation: 'boot' }, 30, [
  ['firmware', 100],
  ['init', 50],
]);
const namesOf = (way: AnalysedOperation | undefined) => way?.phases.map(({ name, durationMs }) => [name, durationMs]);

describe('operations laid end to end', () => {
  test('a plug during the boot is said with the phase that it falls into', () => {
    const plug = operation({}, 100, [['qmp-command', 120]]);
    expect(namesOf(untilUsableOf([process], [boot, plug], 1))).toEqual([
      ['qemu-start', 20],
      ['firmware', 70],
      ['firmware+plug', 30],
      ['init+plug', 50],
      ['qmp-command', 40],
    ]);
  });

  test('several devices that do the same side by side take that time once, and otherwise overlap', () => {
    const one = operation({}, 200, [
      ['enumeration', 10],
      ['driver-probe', 10],
    ]);
    const other = operation({}, 205, [
      ['enumeration', 10],
      ['driver-probe', 20],
    ]);
    expect(namesOf(untilUsableOf([process], [boot, one, other], 2))).toEqual([
      ['qemu-start', 20],
      ['firmware', 100],
      ['init', 50],
      ['between-operations', 20],
      ['enumeration', 10],
      ['overlap', 5],
      ['driver-probe', 20],
    ]);
  });

  test('the first device that does not become usable is how all of it ends, and where that is expected, so is this', () => {
    const plug = operation({ deviceId: 'disk', expected: ['lost'] }, 200, []).judged.operation;
    const lost = { operation: plug, startedAtMs: 200, outcome: 'lost', detail: 'nothing there' } as const;
    const way = untilUsableOf([process], [boot, { judged: lost, phases: [], losses: [] }], 1);
    expect(way).toMatchObject({ judged: { outcome: 'lost', detail: 'plug disk: nothing there' }, phases: [] });
    expect(way?.judged.operation.expected).toEqual(['lost']);
  });

  test('a boot in which not all were tried has no time', () => {
    expect(untilUsableOf([process], [boot], 1)?.judged).toMatchObject({
      outcome: 'aborted',
      detail: 'only 0 of 1 devices were tried',
    });
  });

  test('a boot that was not even begun has no whole way', () => {
    expect(untilUsableOf([], [], 1)).toBeUndefined();
  });

  test('what the run reports at its end is what an analysis of its recording gives', () => {
    const { header, events } = recorded('until-usable/hot');
    const own = untilUsableOf(events, analyse(events, header.controller), header.untilUsable ?? 0);
    expect(own?.judged.latencyMs).toBe(wayOf(samplesOf([recorded('until-usable/hot')])).latencyMs);
  });
});
