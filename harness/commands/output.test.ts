import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isLive, printable, wantsColour } from './output.ts';

const TERMINAL = { isTTY: true, columns: 80 };

beforeEach(() => {
  vi.stubEnv('TERM', 'xterm');
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => vi.unstubAllEnvs());

test('a terminal gets colour and live lines, a pipe neither', () => {
  const pipe = { isTTY: undefined as unknown as boolean, columns: undefined as unknown as number };
  expect([isLive(TERMINAL), wantsColour(TERMINAL)]).toEqual([true, true]);
  expect([isLive(pipe), wantsColour(pipe)]).toEqual([false, false]);
});

test('NO_COLOR takes the colour alone, and only when it is not empty', () => {
  vi.stubEnv('NO_COLOR', '1');
  expect([isLive(TERMINAL), wantsColour(TERMINAL)]).toEqual([true, false]);
  vi.stubEnv('NO_COLOR', '');
  expect(wantsColour(TERMINAL)).toBe(true);
});

test('no live lines without a width, nothing special on a dumb terminal', () => {
  expect(isLive({ isTTY: true, columns: 0 })).toBe(false);
  vi.stubEnv('TERM', 'dumb');
  expect([isLive(TERMINAL), wantsColour(TERMINAL)]).toEqual([false, false]);
});

test('what a guest wrote stays on one line and cannot steer the terminal', () => {
  expect(printable(' first\r\n  second\u001b[2J\u0007\u202e ')).toBe('first; second\u{fffd}[2J\u{fffd}\u{fffd}');
});
