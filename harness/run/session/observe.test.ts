import { expect, test } from 'vitest';
import { clockPairing, readWallClock } from './observe.ts';
import type { Session } from './session.ts';
import { testMachine } from './test-machine.ts';

const message = (kind: string) => ({ sequence: 1, guestNs: 1, kind, fields: {} });

/** What was asked of a guest that answers so, and how its pairings went. */
async function pairTwice(kind: string, accelerator: 'kvm' | 'tcg') {
  const { recorder } = testMachine();
  const asked: string[] = [];
  const ask: Session['ask'] = async (verb) => {
    asked.push(verb);
    return [message(kind)];
  };
  const pair = clockPairing(recorder, ask, accelerator);
  const answers = [await pair(), await pair()];
  return { asked, answers, readings: recorder.events.filter((event) => 'wallMs' in event).length };
}

test('a guest under KVM is asked each time, after the host has read its own clocks', async () => {
  expect(await pairTwice('pair', 'kvm')).toEqual({ asked: ['pair', 'pair'], answers: [true, true], readings: 2 });
});

test('a guest that cannot is not asked again; one under TCG never', async () => {
  expect(await pairTwice('rejected', 'kvm')).toEqual({ asked: ['pair'], answers: [false, false], readings: 1 });
  expect(await pairTwice('pair', 'tcg')).toEqual({ asked: [], answers: [false, false], readings: 0 });
});

test('the wall clock is read at the turn of a millisecond, between two readings of the monotonic clock', () => {
  const before = process.hrtime.bigint();
  const { wallMs, atNs, uncertaintyMs } = readWallClock();
  const after = process.hrtime.bigint();
  expect(atNs).toBeGreaterThan(before);
  expect(atNs).toBeLessThan(after);
  expect(Number.isInteger(wallMs)).toBe(true);
  expect(uncertaintyMs).toBeGreaterThan(0);
});
