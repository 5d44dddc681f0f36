import { describe, expect, test } from 'vitest';
import { devices } from '../../machine/device/index.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { fail } from '../../result.ts';
import { analyse } from '../../timeline/analyse.ts';
import type { Operation, RecordedEvent } from '../../timeline/recording.ts';
import { sampleOf } from '../../timeline/samples-of.ts';
import type { Session } from '../session/session.ts';
import { TEST_HEADER, testMachine } from '../session/test-machine.ts';
import { missingModule, type PluggedDevice, plug, unplug } from './plug.ts';

const device = devices.get('virtio-blk');
const [slot] = topologyOf('shpc-bridge').slots({});
if (!device || !slot) throw new Error('no such device or slot');
const disk: PluggedDevice = { device, deviceId: 'disk', options: {}, slot };
const shared = { cycle: 1, warmup: false, deviceId: 'disk', place: slot.place, timeoutMs: 1000 };
const plugOf = (number: number): Operation => ({ ...shared, operation: 'plug', number, sequence: number });
const unplugging: Operation = { ...shared, operation: 'unplug', number: 2, sequence: 2 };
const IDENTITY = { ...TEST_HEADER, kernel: '6.1', clock: 'real', bootMode: 'fresh', jobs: 1 } as const;
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

describe('a plug that QEMU is meant to refuse', () => {
  const meant: Operation = { ...plugOf(1), meantRefused: true, expected: ['refused'] };
  const refusing = (command: string) => {
    const machine = testMachine();
    const execute: Session['execute'] = async (asked, operation) => {
      if (asked.execute !== command) return machine.session.execute(asked, operation);
      const id = `op${operation?.number}/1`;
      machine.recorder.record({ source: 'qmp', direction: 'sent', message: { ...asked, id } });
      const error = { class: 'GenericError', desc: 'in use' };
      machine.recorder.record({ source: 'qmp', direction: 'received', message: { error, id } });
      return fail('GenericError: in use');
    };
    return { ...machine, session: { ...machine.session, execute } };
  };
  const performed = async ({ recorder, session, told }: ReturnType<typeof testMachine>) => {
    await session.ask('echo');
    const outcome = await plug({ recorder, session, signal: new AbortController().signal }, meant, disk, atOnce);
    const [operation] = analyse(recorder.events, 'shpchp');
    if (!operation) throw new Error('no operation');
    const { expected, refusedAfterMs } = sampleOf(IDENTITY, operation, new Date(0), 1);
    return { outcome, expected, isTimed: refusedAfterMs !== undefined, told };
  };

  test('ends with the refusal, and its backend is removed; nobody looks out for it', async () => {
    const { told, ...sample } = await performed(refusing('device_add'));
    expect(sample).toEqual({ outcome: 'refused', expected: true, isTimed: true });
    expect(told).toContain('blockdev-del');
    expect(told).not.toContain('ask watch');
  });

  test('is a failure where QEMU accepts it, or refuses its backend and is not asked for the device', async () => {
    const accepted = await performed(testMachine());
    expect(accepted).toMatchObject({ outcome: 'accepted', expected: false, isTimed: false });
    expect(await performed(refusing('blockdev-add'))).toMatchObject({
      outcome: 'refused',
      expected: false,
      isTimed: false,
    });
  });
});
