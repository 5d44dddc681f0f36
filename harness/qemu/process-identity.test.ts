import { execa } from 'execa';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  identify,
  identityName,
  isRunning,
  isScope,
  parseIdentityName,
  parseStat,
  processScope,
} from './process-identity.ts';

/** A line of /proc/<pid>/stat with the given command, state and start time (field 22). */
function stat(command: string, state: string, startTicks: string): string {
  const numbers = Array.from({ length: 49 }, (_, i) => String(i + 4));
  numbers[22 - 4] = startTicks;
  return `42 (${command}) ${state} ${numbers.join(' ')}\n`;
}

test('field 22 is found whatever the command is called', () => {
  const command = fc.oneof(
    fc.string({ maxLength: 15 }),
    fc.constantFrom(') R 1 2', 'a (b) c', '((', 'x\ny', 'tmux: server'),
  );
  fc.assert(
    fc.property(command, fc.nat().map(String), (name, startTicks) => {
      expect(parseStat(stat(name, 'S', startTicks))).toEqual({ pid: 42, startTicks });
    }),
  );
});

test.each(['Z', 'X'])('a process in state %s is dead', (state) => {
  expect(parseStat(stat('qemu', state, '1'))).toBeUndefined();
});

test.each(['', '42 (qemu) S 1 2 3', 'nonsense'])('%j is nobody', (text) => {
  expect(parseStat(text)).toBeUndefined();
});

test('this process runs, and did not start at another time', () => {
  const self = identify(process.pid);
  expect(self?.pid).toBe(process.pid);
  if (!self) return;
  expect(isRunning(self)).toBe(true);
  expect(isRunning({ ...self, startTicks: `${self.startTicks}0` })).toBe(false);
});

test('a process that has ended is nobody', async () => {
  const child = execa('true');
  await child;
  expect(identify(child.pid ?? 0)).toBeUndefined();
});

test('a name gives its identity back, and other names give none', () => {
  expect(parseIdentityName(identityName({ pid: 12, startTicks: '345' }))).toEqual({ pid: 12, startTicks: '345' });
  for (const name of ['', '12', '12-', '-345', '0-345', '-1-345', '12-345-', '12-345.tmp', '1e3-2'])
    expect(parseIdentityName(name), name).toBeUndefined();
});

test('the scope of this process is whole, a piece of it is not', () => {
  expect(isScope(processScope())).toBe(true);
  expect(isScope(processScope().slice(0, -1))).toBe(false);
  expect(isScope('')).toBe(false);
});
