import { expect, test } from 'vitest';
import { devices } from '../../machine/device/index.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { fail } from '../../result.ts';
import { analyse } from '../../timeline/analyse.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import type { Session } from '../session/session.ts';
import { testMachine } from '../session/test-machine.ts';
import { missingModule, type PluggedDevice, plug, unplug } from './plug.ts';

const device = devices.get('virtio-blk');
const [slot] = topologyOf('shpc-bridge').slots({});
if (!device || !slot) throw new Error('no such device or slot');
const disk: PluggedDevice = { device, deviceId: 'disk', options: {}, slot };
const shared = { cycle: 1, warmup: false, deviceId: 'disk', place: slot.place, timeoutMs: 1000 };
const plugOf = (number: number): Operation => ({ ...shared, operation: 'plug', number, sequence: number });
const unplugging: Operation = { ...shared, operation: 'unplug', number: 2, sequence: 2 };
const atOnce = async () => {};

test('a backend that QEMU does not remove is in the recording, and blamed for the plug that it is in the way of', async () => {
  const { session, recorder } = testMachine();
  await session.ask('echo');
  const keeping: Session = {
    ...session,
    execute: async (command, operation) =>
      command.execute === 'blockdev-del'
        ? fail('GenericError: Node is still in use')
        : session.execute(command, operation),
  };
  const context = { recorder, session: keeping, signal: new AbortController().signal };
  expect(await plug(context, plugOf(1), disk, atOnce)).toBe('ok');
  expect(await unplug(context, unplugging, disk, atOnce)).toBe('ok');
  expect(await plug(context, plugOf(3), disk, atOnce)).toBe('refused');
  const [, removed, again] = analyse(recorder.events, 'shpchp');
  expect(removed?.losses).toEqual(['backend-kept']);
  expect(again?.judged.detail).toBe(
    'QEMU still has the backend of disk, which it did not remove after an unplug: GenericError: Node is still in use',
  );
});

const heard = (kind: string, fields: Record<string, string>): RecordedEvent => ({
  atMs: 0,
  source: 'agent',
  direction: 'received',
  message: { sequence: 1, guestNs: 0, kind, fields },
});
const failed = heard('module-failed', { name: 'virtio_blk.ko', reason: 'Exec format error' });

test('a plug whose module the guest could not load fails at once, with what its kernel says', async () => {
  const { session, recorder, told } = testMachine();
  const { atMs: _, ...seen } = failed;
  recorder.record(seen);
  const context = { recorder, session, signal: new AbortController().signal };
  expect(await plug(context, plugOf(1), disk, atOnce)).toBe('guest-error');
  expect(told).not.toContain('device_add disk');
  expect(analyse(recorder.events, 'shpchp')[0]?.judged.detail).toBe(
    'the guest could not load virtio_blk.ko: Exec format error',
  );
});

test('of the kernel log the lines about the module are its reason, whichever way its name is written', () => {
  const events = [
    failed,
    heard('kmsg', { text: 'virtio_net: fine' }),
    heard('kmsg', { text: 'virtio-blk: version magic is wrong' }),
  ];
  expect(missingModule(events, ['virtio_pci', 'virtio-blk'])).toBe(
    'the guest could not load virtio_blk.ko: Exec format error; its kernel: virtio-blk: version magic is wrong',
  );
  expect(missingModule(events, ['virtio_net'])).toBeUndefined();
});
