import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UsableClass } from '../machine/device/device.ts';
import { topologyOf } from '../machine/topology/index.ts';
import { openRegistry, type ProcessRegistry } from '../qemu/process-registry.ts';
import { openRecorder, type Recorder } from '../run/session/recorder.ts';
import type { Session } from '../run/session/session.ts';
import { startSession } from '../run/session/start-session.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { lossesIn } from '../timeline/losses.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { prepareGuest } from './prepare-guest.ts';
import type { AgentMessage } from './protocol.ts';

const QEMU = '/usr/bin/qemu-system-x86_64';
const MODULES = ['virtio_pci', 'virtio_blk', 'virtio_rng', 'virtio_net', 'e1000e'];
const PORTS = { ports: 6 };
const WAIT_MS = 60_000;

let registry: ProcessRegistry;
let recorder: Recorder;
let session: Session;

beforeAll(async () => {
  const opened = await openRegistry();
  const guest = await prepareGuest({ source: 'stock' }, { modules: MODULES }, () => undefined);
  if (!opened.ok || !guest.ok) throw new Error('no registry or no guest');
  registry = opened.value;
  const topology = topologyOf('acpi-root-port');
  recorder = openRecorder(
    join(registry.directory, 'recording.jsonl'),
    {
      ...{ recording: 1, runId: 'agent', scenario: '', variant: '', topology: topology.name, boot: 1, startedAt: '' },
      ...{ controller: topology.controller, accelerator: 'tcg' },
    },
    process.hrtime.bigint(),
  );
  const started = await startSession(
    { topology, topologyOptions: PORTS, guest: testVariant().guest, files: guest.value, accelerator: 'tcg' },
    { registry, qemu: QEMU, logDirectory: join(registry.directory, 'logs') },
    recorder,
  );
  if (!started.ok) throw new Error(started.failure);
  session = started.value;
  await session.execute({ execute: 'cont', arguments: {} });
  await heard(0, ({ kind }) => kind === 'ready');
});

afterAll(async () => {
  await session.stop('orderly');
  recorder.close();
  expect(await registry.close()).toEqual([]);
});

/** The first message of the agent's from this position on that is wanted. */
async function heard(from: number, wanted: (message: AgentMessage) => boolean): Promise<AgentMessage> {
  const message = await recorder.waitFor(
    from,
    (event: RecordedEvent) =>
      event.source === 'agent' && event.direction === 'received' && wanted(event.message) ? event.message : undefined,
    WAIT_MS,
  );
  if (!message) throw new Error('the agent did not say it');
  return message;
}

test('says hello as it did when it was ready', async () => {
  const first = await heard(0, ({ kind }) => kind === 'ready');
  const [hello] = (await session.ask('hello')) ?? [];
  expect(hello?.kind).toBe('ready');
  expect(hello?.fields).toEqual({ ...first.fields, request: expect.stringMatching(/^\d+$/) });
});

test('the journal is read from memory where it is asked for there, comes over the line otherwise, and nothing is lost', async () => {
  // By default the kernel drops what is written to its log after ten lines in five seconds.
  await session.ask('set', { file: '/proc/sys/kernel/printk_devkmsg', value: 'on\n' });
  await session.ask('journal');
  const windows = () =>
    recorder.events.filter(
      (event) => event.source === 'agent' && event.direction === 'received' && event.message.kind === 'window',
    ).length;
  // The lines that tie the clocks, as the agent sends them and as the kernel has them in its log.
  const expected = ['tie', 'tie', 'tie', 'kmsg', 'kmsg', 'kmsg', 'done'];
  expect((await session.ask('journal'))?.map(({ kind }) => kind)).toEqual(expected);
  expect(windows()).toBe(0);
  for (let i = 0; i < 20; i++) {
    const answers = await session.ask('journal', { memory: 'yes' });
    expect(answers?.map(({ kind }) => kind)).toEqual(['window', ...expected]);
  }
  expect(lossesIn(recorder.events)).toEqual([]);
  // What is there can be asked for again.
  const from = recorder.events.length;
  await session.ask('resend');
  const again = recorder.events
    .slice(from)
    .flatMap((event) => (event.source === 'agent' && event.direction === 'received' ? [event.message.kind] : []));
  expect(again).toEqual([...expected, 'resent']);
});

describe('load', () => {
  /** CPU time that QEMU has used so far, in clock ticks (proc(5), fields 14 and 15). */
  const ticks = () => {
    const started = recorder.events.find((event) => event.source === 'process' && event.event === 'started');
    const pid = started?.source === 'process' && started.event === 'started' ? started.pid : 0;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const used = async () => {
    const before = ticks();
    await delay(1_000);
    return ticks() - before;
  };
  const load = async (cpus: string) => (await session.ask('load', { cpus }))?.at(-1);

  test('keeps CPUs busy until it is taken away, while the agent answers', async () => {
    const idle = await used();
    expect(await load('2')).toMatchObject({ kind: 'done' });
    const busy = await used();
    expect(await session.ask('echo')).toMatchObject([{ kind: 'echo' }]);
    expect(await load('0')).toMatchObject({ kind: 'done' });
    await delay(200);
    const after = await used();
    expect(busy).toBeGreaterThan(3 * (idle + 5));
    expect(busy).toBeGreaterThan(3 * (after + 5));
  });

  test('reaps what it ends: a guest with room for a hundred processes is given a thousand, one set after another', async () => {
    // Pids are given out again from 300 on (RESERVED_PIDS, kernel/pid.c).
    const [set] = (await session.ask('set', { file: '/proc/sys/kernel/pid_max', value: '400' })) ?? [];
    expect(set).toMatchObject({ kind: 'done' });
    for (let round = 0; round < 20; round++) expect(await load('50')).toMatchObject({ kind: 'done' });
    expect(await load('0')).toMatchObject({ kind: 'done' });
  });

  test.each(['', 'many', '-1', '257', '1.5'])('refuses %j', async (cpus) => {
    expect(await load(cpus)).toMatchObject({ kind: 'rejected', fields: { reason: expect.stringContaining('cpus') } });
  });
});

describe('a device that was there before its watch', () => {
  const slots = topologyOf('acpi-root-port').slots(PORTS);
  const BACKEND = { execute: 'netdev_add', arguments: { type: 'hubport', hubid: 1 } };
  const cases: readonly [UsableClass, string, string, RegExp][] = [
    ['block', 'virtio-blk-pci', 'null', /^vda$/],
    ['net', 'virtio-net-pci', 'n1', /^eth\d$/],
    ['net', 'e1000e', 'n2', /^eth\d$/],
    ['virtio-driver', 'virtio-rng-pci', '', /^virtio\d$/],
    ['pci-driver', 'e1000e', 'n3', /^0000:05:00\.0$/],
  ];

  beforeAll(async () => {
    const drive = { driver: 'null-co', 'node-name': 'null', size: 1024 * 1024, 'read-zeroes': true };
    await session.execute({ execute: 'blockdev-add', arguments: drive });
    for (const id of ['n1', 'n2', 'n3']) await session.execute({ ...BACKEND, arguments: { ...BACKEND.arguments, id } });
    for (const [index, [, driver, backend]] of cases.entries()) {
      const given = backend === '' ? {} : { [backend === 'null' ? 'drive' : 'netdev']: backend };
      const bus = slots[index]?.bus;
      const reply = await session.execute({
        execute: 'device_add',
        arguments: { driver, id: `p${index}`, bus, ...given },
      });
      expect(reply).toMatchObject({ ok: true });
    }
    // The last thing that the kernel does with a device is to say that a driver is bound to it.
    const bound = new Set<string>();
    while (!cases.every((_, index) => bound.has(`0000:0${index + 1}:00.0`))) {
      for (const { fields } of (await session.ask('journal', { untied: 'yes' })) ?? [])
        if (fields.action === 'bind' && fields.subsystem === 'pci') bound.add(fields.path?.split('/').at(-1) ?? '');
    }
  });

  test.each(cases.map((one, index) => [...one, index] as const))(
    '%s: %s is found, used, and said to have been there',
    async (usableClass, _driver, _backend, name, index) => {
      const from = recorder.events.length;
      const device = `p${index}`;
      const place = slots[index]?.place ?? '';
      await session.ask('watch', { device, place, class: usableClass });
      const { kind, fields, guestNs } = await heard(
        from,
        (message) => message.fields.device === device && message.kind !== 'watching',
      );
      expect(kind).toBe('usable');
      expect(fields).toMatchObject({ class: usableClass, name: expect.stringMatching(name), present: 'yes' });
      expect(fields.address).toBe(`0000:0${index + 1}:00.0`);
      expect(guestNs).toBeGreaterThanOrEqual(Number(fields.appeared));
    },
  );

  test('a watch for a class that there is not is refused', async () => {
    const answers = await session.ask('watch', { device: 'x', place: '02.0/00.0', class: 'toaster' });
    expect(answers).toMatchObject([{ kind: 'rejected', fields: { reason: 'no such class of devices' } }]);
  });
});
