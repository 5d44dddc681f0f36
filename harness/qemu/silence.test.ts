import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ENDLESS_MS, onSilence, whileItWorks } from './silence.ts';

const SILENCE_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Waits on the fake clock while something is heard every `everyMs`, until `untilMs`. When it was given up, if it was. */
async function listen(everyMs: number, untilMs: number, forMs: number): Promise<number | undefined> {
  const beganMs = performance.now();
  let heardMs = Number.NEGATIVE_INFINITY;
  let givenUpMs: number | undefined;
  const speaking = setInterval(() => {
    if (performance.now() - beganMs <= untilMs) heardMs = performance.now();
  }, everyMs);
  const end = onSilence(
    SILENCE_MS,
    () => heardMs,
    () => {
      givenUpMs = performance.now() - beganMs;
    },
  );
  await vi.advanceTimersByTimeAsync(forMs);
  clearInterval(speaking);
  end();
  return givenUpMs;
}

test('an answer that takes many times the limit is waited for while something comes', async () => {
  expect(await listen(SILENCE_MS / 2, Number.POSITIVE_INFINITY, SILENCE_MS * 20)).toBeUndefined();
});

test('it is given up when nothing has come for the limit: after the last that came, or from the beginning', async () => {
  expect(await listen(1_000, 60_000, 200_000)).toBeCloseTo(60_000 + SILENCE_MS, -2);
  expect(await listen(SILENCE_MS * 2, 0, 200_000)).toBeCloseTo(SILENCE_MS, -2);
});

test('what never ends is no answer', async () => {
  const givenUp = await listen(1_000, Number.POSITIVE_INFINITY, ENDLESS_MS * 2);
  expect(givenUp).toBeGreaterThanOrEqual(ENDLESS_MS);
  expect(givenUp).toBeLessThan(ENDLESS_MS + SILENCE_MS + 1_000);
});

test('what has ended is not given up later', async () => {
  let isGivenUp = false;
  const end = onSilence(
    SILENCE_MS,
    () => 0,
    () => {
      isGivenUp = true;
    },
  );
  end();
  await vi.advanceTimersByTimeAsync(SILENCE_MS * 2);
  expect(isGivenUp).toBe(false);
});

const started = (script: string) => {
  const child = spawn('sh', ['-c', script]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child.pid ?? 0;
};
/** Longer than a tick of the clock that CPU time is counted with, on a busy host too. */
const IDLE_MS = 3_000;
/** Works some ten milliseconds at a time, several times in IDLE_MS, and leaves the CPU to others in between. */
const WORKS = 'while :; do i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done; sleep 0.5; done';

test('a process that only waits is given up, and one that works is not', async () => {
  let isGivenUp = { waiting: false, working: false };
  // The one that works is watched from earlier on: were it taken for idle, it would be given up first.
  const ends = [
    whileItWorks(started(WORKS), IDLE_MS, () => {
      isGivenUp = { ...isGivenUp, working: true };
    }),
    whileItWorks(started('exec sleep 600'), IDLE_MS, () => {
      isGivenUp = { ...isGivenUp, waiting: true };
    }),
  ];
  await vi.waitUntil(() => isGivenUp.waiting, { timeout: 50_000 });
  expect(isGivenUp).toEqual({ waiting: true, working: false });
  for (const end of ends) end();
});
