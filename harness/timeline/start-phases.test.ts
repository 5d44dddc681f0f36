import { describe, expect, test } from 'vitest';
import { type AnalysedOperation, analyse } from './analyse.ts';
import { recorded, recordedIn } from './recorded.fixture.ts';
import type { Recording } from './recording.ts';

/** Boots of a real guest that had a disk and a network card from the start, of which it then gave the disk back. */
const names = recordedIn('start');

const operationsOf = ({ header, events }: Recording) => analyse(events, header.controller);
const phaseNames = ({ phases }: AnalysedOperation) => phases.map(({ name }) => name);
const durationOf = ({ phases }: AnalysedOperation, wanted: string) =>
  phases.find(({ name }) => name === wanted)?.durationMs ?? Number.NaN;

describe.each(names)('a real boot with devices from the start, %s', (name) => {
  const recording = recorded(`start/${name}`);
  const operations = operationsOf(recording);
  const starts = operations.filter(({ judged }) => judged.operation.operation === 'start');
  const boot = operations.find(({ judged }) => judged.operation.operation === 'boot');

  test('each device is usable, from the start of QEMU on, and so is its unplug', () => {
    const started = recording.events.find((event) => event.source === 'process' && event.event === 'started');
    expect(operations.map(({ judged: { operation, outcome } }) => [operation.operation, outcome])).toEqual([
      ['boot', 'ok'],
      ['start', 'ok'],
      ['start', 'ok'],
      ['unplug', 'ok'],
    ]);
    for (const { judged } of starts) expect(judged.startedAtMs).toBe(started?.atMs);
  });

  test('the phases follow each other and add up to the latency', () => {
    for (const { judged, phases } of starts) {
      let untilMs = 0;
      for (const { startMs, durationMs } of phases) {
        expect(startMs).toBeCloseTo(untilMs, 6);
        untilMs = startMs + durationMs;
      }
      expect(untilMs).toBeCloseTo(judged.latencyMs ?? Number.NaN, 6);
    }
  });

  test("between QEMU's start and the device's own are the phases of the boot, each as long as in the boot", () => {
    if (!boot) throw new Error('there is no boot');
    for (const start of starts) {
      const last = start.judged.operation.device === 'virtio-blk' ? 'first-use' : 'link-up';
      expect(phaseNames(start)).toEqual(['qemu-start', ...phaseNames(boot), 'device-search', last]);
      for (const phase of phaseNames(boot)) expect(durationOf(start, phase)).toBeCloseTo(durationOf(boot, phase), 6);
    }
  });

  test('they are no burst, and neither is what is done with them after the boot', () => {
    for (const { burst } of operations) expect(burst).toBeUndefined();
  });
});
