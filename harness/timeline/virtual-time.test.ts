import { expect, test } from 'vitest';
import type { Observation, RecordedEvent } from './recording.ts';
import { inVirtualTime } from './virtual-time.ts';

const sent = (execute: string): Observation => ({ source: 'qmp', direction: 'sent', message: { execute } });
const heard = (event: string): Observation => ({ source: 'qmp', direction: 'received', message: { event } });
const read = (ms: number): Observation => ({
  source: 'harness',
  event: 'virtual-clock',
  virtualNs: ms * 1e6,
  hpetNs: ms * 1e6,
});
const begin = (operation: 'boot' | 'plug'): Observation => ({
  source: 'harness',
  event: 'begin',
  operation: { operation, cycle: 0, warmup: false, sequence: 0, timeoutMs: 1 },
});

/** A second of the host's time between one and the next. */
function recorded(...observations: readonly Observation[]): readonly RecordedEvent[] {
  return observations.map((observation, index) => ({ atMs: index * 1000, ...observation }));
}

const times = (events: readonly RecordedEvent[]) => inVirtualTime(events).map(({ atMs }) => atMs);

test('while the machine stands, everything has the time of the last reading; the command that lets it go on, too', () => {
  expect(times(recorded(begin('plug'), read(40), sent('device_add'), heard('X')))).toEqual([40, 40, 40, 40]);
});

test('what is heard while the guest runs came before the next halt', () => {
  const events = recorded(read(40), sent('cont'), heard('DEVICE_DELETED'), sent('stop'), read(90), sent('device_add'));
  expect(times(events)).toEqual([40, 90, 90, 90, 90]);
});

test('a boot begins at 0, with its first instruction', () => {
  const started: Observation = { source: 'process', event: 'started', pid: 1 };
  expect(times(recorded(started, begin('boot'), sent('cont'), heard('X'), read(400)))).toEqual([0, 0, 0, 400, 400]);
});

test('a restored guest goes on at the time at which it was saved', () => {
  const started: Observation = { source: 'process', event: 'started', pid: 1 };
  const events = recorded(
    started,
    begin('boot'),
    sent('migrate-incoming'),
    read(900),
    sent('cont'),
    heard('X'),
    read(901),
  );
  expect(times(events)).toEqual([900, 900, 900, 900, 900, 901, 901]);
});

test('only the first instruction of a boot counts as an event: the harness halts the guest at other times to look', () => {
  const shown = inVirtualTime(recorded(begin('plug'), read(1), sent('cont'), read(2)));
  expect(shown.map((event) => event.source)).toEqual(['harness', 'harness', 'harness']);
});

test('after QEMU has died there is no further time', () => {
  expect(times(recorded(read(40), sent('cont'), heard('X')))).toEqual([40, 40]);
});

test("the host's time is kept beside it", () => {
  expect(inVirtualTime(recorded(read(40), sent('device_add'))).map(({ hostMs }) => hostMs)).toEqual([0, 1000]);
});
