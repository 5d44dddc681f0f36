import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { whileItWorks } from './cpu-time.ts';

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
  const ends = [
    whileItWorks(started('exec sleep 600'), IDLE_MS, () => {
      isGivenUp = { ...isGivenUp, waiting: true };
    }),
    whileItWorks(started(WORKS), IDLE_MS, () => {
      isGivenUp = { ...isGivenUp, working: true };
    }),
  ];
  await delay(IDLE_MS * 3);
  expect(isGivenUp).toEqual({ waiting: true, working: false });
  for (const end of ends) end();
});
