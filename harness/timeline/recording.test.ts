import { describe, expect, test } from 'vitest';
import { belongs, commandTag, type Operation, type RecordedEvent } from './recording.ts';

const third: Operation = { operation: 'plug', number: 3, cycle: 1, warmup: false, sequence: 3, timeoutMs: 1000 };
const { number: _, ...unnumbered } = third;

const end = (operation?: number): RecordedEvent => ({
  atMs: 0,
  source: 'harness',
  event: 'end',
  ...(operation !== undefined && { operation }),
});
const reply = (id: unknown): RecordedEvent => ({
  atMs: 0,
  source: 'qmp',
  direction: 'received',
  message: { return: {}, id },
});

describe('what says whose it is, is only theirs', () => {
  test.each([
    [true, 'its beginning', { atMs: 0, source: 'harness', event: 'begin', operation: third }],
    [false, "another's beginning", { atMs: 0, source: 'harness', event: 'begin', operation: { ...third, number: 4 } }],
    [true, 'its end', end(3)],
    [false, "another's end", end(4)],
    [true, 'the reply to its command', reply('op3/17')],
    [false, "the reply to another's", reply('op30/17')],
  ] as const)('%s for %s', (expected, _what, event) => {
    expect(belongs(event, third)).toBe(expected);
  });
});

test.each([
  ['an end that names no operation', end()],
  ['a command of the session', reply(17)],
  [
    'an event of QEMU',
    { atMs: 0, source: 'qmp', direction: 'received', message: { event: 'DEVICE_DELETED', data: {} } },
  ],
  ['load', { atMs: 0, source: 'harness', event: 'load', guestCpus: 1, hostCpus: 0 }],
  ['a line on the console', { atMs: 0, source: 'console', text: 'Kernel panic' }],
] as const)('%s may be about any operation', (_what, event) => {
  expect(belongs(event, third)).toBe(true);
});

test('an operation of a recording without numbers owns everything', () => {
  expect(commandTag(unnumbered)).toBeUndefined();
  expect(belongs(end(4), unnumbered)).toBe(true);
  expect(belongs(reply('op4/1'), unnumbered)).toBe(true);
});
