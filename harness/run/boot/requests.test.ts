import { expect, test } from 'vitest';
import { devices } from '../../machine/device/index.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { fail } from '../../result.ts';
import { analyse } from '../../timeline/analyse.ts';
import type { Operation } from '../../timeline/recording.ts';
import { testMachine } from '../session/test-machine.ts';
import { plug, unplug } from './plug.ts';

const device = devices.get('virtio-blk');
const [slot] = topologyOf('shpc-bridge').slots({});
if (!device || !slot) throw new Error('no such device or slot');
const disk = { device, deviceId: 'disk', options: {}, slot };
const shared = { cycle: 1, warmup: false, deviceId: 'disk', place: slot.place, sequence: 1 };
const retry = { everyMs: 20, times: 3 };
const atOnce = async () => {};

/** A machine that refuses the first so many of these commands. */
function refusing(command: string, times: number) {
  const machine = testMachine();
  let refused = 0;
  const execute: typeof machine.session.execute = async (asked, operation) => {
    if (asked.execute !== command || refused === times) return machine.session.execute(asked, operation);
    refused += 1;
    const id = `op${operation?.number}/r${refused}`;
    machine.recorder.record({ source: 'qmp', direction: 'sent', message: { ...asked, id } });
    const error = { class: 'GenericError', desc: 'busy' };
    machine.recorder.record({ source: 'qmp', direction: 'received', message: { error, id } });
    return fail('GenericError: busy');
  };
  return { ...machine, session: { ...machine.session, execute }, signal: new AbortController().signal };
}

test('what is refused at first and then succeeds has taken from its first request on', async () => {
  const machine = refusing('device_add', 2);
  const plugging: Operation = { ...shared, operation: 'plug', number: 1, retry, timeoutMs: 10_000 };
  await machine.session.ask('echo');
  expect(await plug(machine, plugging, disk, atOnce)).toBe('ok');
  const [operation] = analyse(machine.recorder.events, 'shpchp');
  expect(operation?.judged.detail).toBe('request 3 of at most 3');
  const [first, ...others] = operation?.phases ?? [];
  expect(first?.name).toBe('refused-requests');
  const sum = [first, ...others].reduce((total, phase) => total + (phase?.durationMs ?? 0), 0);
  expect(sum).toBeCloseTo(operation?.judged.latencyMs ?? 0, 6);
  // Another device may be in the slot while QEMU refuses.
  expect(machine.told.indexOf('ask watch')).toBeGreaterThan(machine.told.indexOf('device_add disk'));
});

test('what is refused to the last request is refused, with what was said last', async () => {
  const machine = refusing('device_del', 3);
  const unplugging: Operation = { ...shared, operation: 'unplug', number: 1, retry, timeoutMs: 10_000 };
  expect(await unplug(machine, unplugging, disk, atOnce)).toBe('refused');
  const [operation] = analyse(machine.recorder.events, 'shpchp');
  expect(operation?.judged.detail).toBe('refused 3 times, 20 ms apart, at last: GenericError: busy');
  expect(operation?.judged.refusedAfterMs).toBeDefined();
});

test('of two unplugs of one device the first removes its backend, and only that', async () => {
  const machine = testMachine((what) => (what === 'device_del disk' ? 'refuse' : undefined));
  const context = { ...machine, signal: new AbortController().signal };
  const second = { ...shared, operation: 'unplug', contested: true, timeoutMs: 10_000 } as const;
  const both = [1, 2].map((number) => unplug(context, { ...second, number }, disk, atOnce));
  const message = { event: 'DEVICE_DELETED', data: { device: 'disk' } };
  machine.recorder.record({ source: 'qmp', direction: 'received', message });
  expect(await Promise.all(both)).toEqual(['ok', 'ok']);
  expect(machine.told.filter((what) => what === 'blockdev-del')).toHaveLength(1);
});
