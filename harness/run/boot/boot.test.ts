import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { topologyOf } from '../../machine/topology/index.ts';
import { plannedBoot } from '../../plan/schedule.ts';
import { ok } from '../../result.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import type { Observation } from '../../timeline/recording.ts';
import { failureOutside } from '../../timeline/whole-boot.ts';
import { SHORTEST_SPAN_MS } from '../../timeline/wrong-clock.ts';
import type { Step, Variant } from '../../variant.ts';
import { type TestMachine, testMachine } from '../session/test-machine.ts';
import { bootAndSave, runBoot } from './boot.ts';
import type { BootContext } from './boot-in-progress.ts';
import type { Saved } from './snapshot.ts';

const disk = { device: 'virtio-rng', options: {}, slot: 0, deviceId: 'rng' } as const;
const PLUG_AND_UNPLUG: readonly Step[] = [
  { operation: 'plug', ...disk, sequence: 1 },
  { operation: 'unplug', ...disk, sequence: 2 },
];
const WAIT: Step = { operation: 'wait', waitMs: 1 };

function variantWith(over: Partial<Variant> = {}): Variant {
  return testVariant({ steps: PLUG_AND_UNPLUG, sampling: { boots: 2, cycles: 1, warmup: 0 }, ...over });
}

const topology = topologyOf('shpc-bridge');
const place = topology.slots({})[0]?.place ?? '';
const slots = (controller: string) => ({ slots: [{ kind: 'slot', fields: { name: '1', place, controller } }] });
const migrated: Observation = {
  source: 'qmp',
  direction: 'received',
  message: { event: 'MIGRATION', data: { status: 'completed' } },
};
const deleted: Observation = {
  source: 'qmp',
  direction: 'received',
  message: { event: 'DEVICE_DELETED', data: { device: 'rng' } },
};
const died: Observation = { source: 'process', event: 'exited', code: null, signal: 'SIGSEGV', stderr: '' };

/** What a boot needs from around it, and the outcomes that it gives. */
function around({ session, recorder }: TestMachine, variant: Variant, boot: number) {
  const outcomes: string[] = [];
  const context: BootContext = {
    planned: plannedBoot(variant, boot, 1),
    topology,
    slotRestMs: 0,
    recorder,
    start: async () => ok(session),
    startHostLoad: async () => ok({ kill: async () => undefined }),
    onOperation: ({ judged: { operation, outcome, detail } }) =>
      outcomes.push([operation.operation, outcome, detail].filter(Boolean).join(' ')),
    signal: new AbortController().signal,
  };
  return { context, outcomes };
}

async function save(variant: Variant, machine: TestMachine, file?: string) {
  const directory = mkdtempSync(join(tmpdir(), 'boot-'));
  const { context, outcomes } = around(machine, variant, 0);
  const saved = await bootAndSave(context, { file: file ?? join(directory, 'guest'), directory });
  return { saved, outcomes, failure: failureOutside(machine.recorder.events) };
}

async function boot(variant: Variant, machine: TestMachine, snapshot?: Saved) {
  const { context, outcomes } = around(machine, variant, 1);
  await runBoot(snapshot ? { ...context, snapshot } : context);
  return { outcomes, failure: failureOutside(machine.recorder.events) };
}

/** A machine that sends its guest to whom it is told, and takes one in. */
function migrating(controller = 'shpchp', over: (told: string) => unknown = () => undefined) {
  const before = (told: string, record: (one: Observation) => void, { uri }: Readonly<Record<string, unknown>>) => {
    if (told === 'migrate') connect(String(uri).replace('unix:', '')).end('guest', () => record(migrated));
    if (told === 'migrate-incoming') queueMicrotask(() => record(migrated));
    return over(told);
  };
  const kmsg = { kind: 'kmsg', fields: { text: 'shpchp: driver registered' } };
  return testMachine(before, { ...slots(controller), journal: [kmsg] });
}

describe('a boot from a saved guest', () => {
  test('goes as one from the firmware on', async () => {
    const { saved, outcomes } = await save(variantWith(), migrating());
    expect(outcomes).toEqual(['boot ok']);
    expect(await boot(variantWith(), migrating(), saved)).toEqual({
      outcomes: ['boot ok', 'plug ok', 'unplug ok'],
      failure: undefined,
    });
  });

  test('of which another driver owns the slots ends as a fresh one does', async () => {
    const fresh = await boot(variantWith(), testMachine(undefined, slots('pciehp')));
    const { saved } = await save(variantWith(), migrating('pciehp'));
    expect(await boot(variantWith(), migrating('pciehp'), saved)).toEqual(fresh);
    expect(fresh.outcomes[1]).toMatch(/^plug wrong-controller shpc-bridge promises shpchp/);
  });

  test('that cannot be saved says why in every sample', async () => {
    const { saved, failure } = await save(variantWith(), migrating(), '/dev/full');
    const why = 'cannot write the saved guest: ENOSPC: no space left on device, write';
    expect(failure).toBe(why);
    const { outcomes } = await boot(variantWith(), migrating(), saved);
    expect(outcomes).toEqual(
      ['boot', 'plug', 'unplug'].map(
        (operation) => `${operation} aborted not tried: the guest of this variant could not be saved: ${why}`,
      ),
    );
  });

  test('that was never ready says how it ended', async () => {
    const variant = variantWith({ timeouts: { bootMs: 10, plugMs: 10, unplugMs: 10 } });
    const { saved } = await save(
      variant,
      migrating('shpchp', (told) => (told === 'cont' ? 'refuse' : undefined)),
    );
    expect((await boot(variant, migrating(), saved)).outcomes[0]).toBe(
      'boot aborted not tried: the guest of this variant could not be saved: boot 0 ended as timeout',
    );
  });

  test('has what its guest wrote to the kernel log before, right after the boot and not later', async () => {
    const until: Step = { operation: 'wait', until: 'driver registered', timeoutMs: 1 };
    const { saved } = await save(variantWith(), migrating());
    const silent = () => testMachine((told, record) => told === 'migrate-incoming' && record(migrated));
    const first = await boot(variantWith({ steps: [until, ...PLUG_AND_UNPLUG] }), silent(), saved);
    expect(first.outcomes).toEqual(['boot ok', 'plug ok', 'unplug ok']);
    const [plug, unplug] = PLUG_AND_UNPLUG as [Step, Step];
    const later = await boot(variantWith({ steps: [plug, until, unplug] }), silent(), saved);
    expect(later.outcomes[2]).toContain('unplug aborted not tried: within 1 ms');
  });
});

describe('what goes wrong where no operation is left to say it is a failure of the boot', () => {
  const [plug] = PLUG_AND_UNPLUG as [Step];
  /** Something that happens when the machine is asked whether it is still there, after all steps. */
  const inTheEnd = (seen: Observation) =>
    testMachine((told, record) => told === 'ask rest' && record(seen), slots('shpchp'));

  test('nothing, where all is well', async () => {
    const all = await boot(variantWith({ steps: [...PLUG_AND_UNPLUG, WAIT] }), testMachine(undefined, slots('shpchp')));
    expect(all).toEqual({ outcomes: ['boot ok', 'plug ok', 'unplug ok'], failure: undefined });
  });

  test.each<[string, readonly Step[], Observation, string]>([
    ['QEMU dies', [...PLUG_AND_UNPLUG, WAIT], died, 'after the last operation: QEMU died of SIGSEGV'],
    ['a device goes by itself', [plug, WAIT], deleted, 'QEMU deleted rng although nobody had asked for it'],
  ])('%s in the wait at the end', async (_what, steps, seen, why) => {
    const { outcomes, failure } = await boot(variantWith({ steps }), inTheEnd(seen));
    expect(outcomes.every((outcome) => outcome.endsWith(' ok'))).toBe(true);
    expect(failure).toBe(why);
  });

  test('a virtual clock that is not known after the boot: nothing is tried', async () => {
    const detail = 'its HPET is switched off';
    const unread: Observation = { source: 'harness', event: 'virtual-clock-unread', detail };
    const machine = testMachine((told, record) => told === 'ask journal' && record(unread), slots('shpchp'));
    const { outcomes } = await boot(variantWith({ clock: 'virtual' }), machine);
    expect(outcomes.slice(1)).toEqual(
      ['plug', 'unplug'].map(
        (operation) =>
          `${operation} aborted not tried: the virtual clock of this machine cannot be told: its HPET is switched off`,
      ),
    );
    expect(machine.told).not.toContain('device_add rng');
  });

  test("a guest's clock that is seen to stand still after the boot: nothing is tried", async () => {
    const echoed = (record: (one: Observation) => unknown, request: number, guestNs: number) => {
      record({ source: 'agent', direction: 'sent', request, verb: 'echo', fields: {} });
      const fields = { request: String(request), received: String(guestNs) };
      record({ source: 'agent', direction: 'received', message: { sequence: 1, guestNs, kind: 'echo', fields } });
    };
    const machine = testMachine(async (told, record) => {
      if (told !== 'ask journal') return;
      const guestNs = Number(process.hrtime.bigint());
      echoed(record, 1001, guestNs);
      await delay(SHORTEST_SPAN_MS + 20);
      echoed(record, 1002, guestNs);
    }, slots('shpchp'));
    const { outcomes } = await boot(variantWith(), machine);
    expect(outcomes.map((outcome) => outcome.slice(0, 60))).toEqual([
      "boot aborted the guest's clock runs at another rate than the",
      "plug aborted not tried: the guest's clock runs at another ra",
      "unplug aborted not tried: the guest's clock runs at another ",
    ]);
    expect(machine.told).not.toContain('device_add rng');
  });

  test('a line of the kernel log is waited for in vain at the end', async () => {
    const until: Step = { operation: 'wait', until: 'no such line', timeoutMs: 1 };
    const machine = () => testMachine(undefined, slots('shpchp'));
    const { failure } = await boot(variantWith({ steps: [...PLUG_AND_UNPLUG, until] }), machine());
    expect(failure).toBe(`within 1 ms the guest's kernel log had no line with "no such line"`);
    const told = await boot(variantWith({ steps: [until, ...PLUG_AND_UNPLUG] }), machine());
    expect(told.outcomes[1]).toContain('plug aborted not tried: within 1 ms');
    expect(told.failure).toBeUndefined();
  });

  test('an unplug, and what is said by a sample, is none', async () => {
    const refuses = testMachine((told) => (told === 'device_del rng' ? 'refuse' : undefined), slots('shpchp'));
    const timeouts = { bootMs: 1000, plugMs: 1000, unplugMs: 10 };
    const { outcomes, failure } = await boot(variantWith({ timeouts, steps: [...PLUG_AND_UNPLUG, WAIT] }), refuses);
    expect(outcomes[2]).toContain('unplug timeout');
    expect(failure).toBeUndefined();
  });
});
