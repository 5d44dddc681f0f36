import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Phase } from '../vocabulary.ts';
import { type Anchor, hostTimeOf } from './clock.ts';
import type { Observation, RecordedEvent } from './recording.ts';
import { standstillsIn, stoodStillMs, withStandstills } from './standstill.ts';

const at = (atMs: number, observation: Observation): RecordedEvent => ({ atMs, ...observation });
const step = (atMs: number, name: 'pause' | 'resume' | 'rescan') =>
  at(atMs, { source: 'harness', event: 'machine-step', step: name });
const qmp = (atMs: number, event: string) => at(atMs, { source: 'qmp', direction: 'received', message: { event } });

describe('standstillsIn', () => {
  test("are what the sequence has asked for, between QEMU's two events", () => {
    const events = [step(9, 'pause'), qmp(10, 'STOP'), step(20, 'resume'), qmp(21, 'RESUME')];
    expect(standstillsIn(events)).toEqual([{ fromMs: 10, toMs: 21 }]);
    expect(standstillsIn([...events, step(30, 'pause'), qmp(31, 'STOP')])).toHaveLength(1);
  });

  test("are not the harness's own halts, as on the virtual clock", () => {
    expect(standstillsIn([qmp(10, 'STOP'), qmp(21, 'RESUME')])).toEqual([]);
  });
});

/** Phases that adjoin, from 0 on. */
const phases = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }).map((durations) => {
  let startMs = 0;
  return durations.map((durationMs, index): Phase => {
    const phase = { name: `phase-${index}`, kind: 'guest', startMs, durationMs } as const;
    startMs += durationMs;
    return phase;
  });
});
const standstills = fc.array(fc.integer({ min: -20, max: 320 }), { minLength: 2, maxLength: 6 }).map((edges) => {
  const sorted = [...new Set(edges)].toSorted((a, b) => a - b);
  return sorted.flatMap((fromMs, index) => {
    const toMs = sorted[index + 1];
    return index % 2 === 0 && toMs !== undefined ? [{ fromMs, toMs }] : [];
  });
});

describe('withStandstills', () => {
  test('phases still adjoin and add up, and only the stretches themselves become machine-stopped', () => {
    fc.assert(
      fc.property(phases, standstills, fc.integer({ min: 0, max: 100 }), (given, stretches, startedAtMs) => {
        const endMs = (given.at(-1)?.startMs ?? 0) + (given.at(-1)?.durationMs ?? 0);
        const moved = stretches.map(({ fromMs, toMs }) => ({ fromMs: fromMs + startedAtMs, toMs: toMs + startedAtMs }));
        const cut = withStandstills(given, startedAtMs, moved);
        let cursorMs = 0;
        for (const { startMs, durationMs } of cut) {
          expect(startMs).toBe(cursorMs);
          expect(durationMs).toBeGreaterThan(0);
          cursorMs += durationMs;
        }
        expect(cursorMs).toBe(endMs);
        const stopped = cut.filter(({ name }) => name === 'machine-stopped');
        expect(stopped.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(stoodStillMs(stretches, 0, endMs));
      }),
    );
  });
});

describe('hostTimeOf', () => {
  const anchor = (hostMs: number, guestMs: number): Anchor => ({ hostMs, guestMs, uncertaintyMs: 0.1 });
  const stretches = [
    { fromMs: 200, toMs: 700 },
    { fromMs: 800, toMs: 900 },
  ];

  test('where the guest clock stood still with the machine, what comes behind comes later by that', () => {
    const hostOf = (guestMs: number) => hostTimeOf(guestMs, anchor(0, 1000), anchor(1000, 1400), stretches);
    expect([1100, 1250, 1350].map(hostOf)).toEqual([100, 750, 950]);
    // A moment that is as good as at the edge is one at which the guest ran again.
    expect(hostOf(1199.9)).toBeCloseTo(699.9);
  });

  test('where it went on, nothing is moved', () => {
    const hostOf = (guestMs: number) => hostTimeOf(guestMs, anchor(0, 1000), anchor(1000, 2000), stretches);
    expect([1100, 1750, 1950].map(hostOf)).toEqual([100, 750, 950]);
  });

  test('a standstill before the echoes does not count', () => {
    expect(hostTimeOf(1100, anchor(1000, 1000), anchor(2000, 2000), stretches)).toBe(1100);
  });
});
