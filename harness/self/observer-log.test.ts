import { expect, test } from 'vitest';
import { type ObserverLine, parseObserverLog } from './observer-log.ts';

const tie = (monotonicMs: number): ObserverLine => ({ tie: { monotonicMs, wallMs: 1e12, uncertaintyMs: 0.0001 } });
const timestamp = { seconds: 1_700_000_000, microseconds: 123_456 };
const deleted: ObserverLine = { atMs: 5, message: { event: 'DEVICE_DELETED', data: { device: 'disk' }, timestamp } };
const backend: ObserverLine = {
  atMs: 4,
  message: { event: 'DEVICE_DELETED', data: { path: '/machine/peripheral/disk/virtio-backend' }, timestamp },
};
const text = (...lines: readonly ObserverLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('only the deletion of a device that has an id counts, with the time of arrival and the stamp of QEMU', () => {
  const reply: ObserverLine = { atMs: 2, message: { return: {} } };
  const log = parseObserverLog(text(tie(1), reply, backend, deleted, tie(9)));
  expect(log?.deletions).toEqual([{ deviceId: 'disk', atMs: 5, wallMs: 1_700_000_000_123.456 }]);
  expect(log?.ties.map(({ monotonicMs }) => monotonicMs)).toEqual([1, 9]);
});

test('a log that does not span the life of its QEMU is no log', () => {
  expect(parseObserverLog('')).toBeUndefined();
  expect(parseObserverLog(text(tie(1), deleted))).toBeUndefined();
  expect(parseObserverLog(text(tie(1), tie(2), tie(3)))).toBeUndefined();
});
