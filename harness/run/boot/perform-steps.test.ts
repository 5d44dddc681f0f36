import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { plainVirtio } from '../../machine/device/plain-virtio.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import { pressDelayMs } from '../../plan/press-delay.ts';
import { plannedBoot } from '../../plan/schedule.ts';
import { fail, ok } from '../../result.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import { outcomesOf } from '../../timeline/analyse.ts';
import type { Observation } from '../../timeline/recording.ts';
import type { MeasuredStep, Step } from '../../variant.ts';
import { testMachine } from '../session/test-machine.ts';
import { beginBoot } from './boot-in-progress.ts';
import type { OperationFactory } from './operation-factory.ts';
import { performSteps } from './perform-steps.ts';

const device = plainVirtio({ name: 'rng', description: '', driver: 'virtio-rng-pci', guestModule: 'virtio_rng' });
const plug = (deviceId: string): MeasuredStep => ({
  ...{ operation: 'plug', device: 'rng', deviceId, options: {}, slot: 0, sequence: 1 },
});
const wait = (waitMs: number): Step => ({ operation: 'wait', waitMs });

/** Performs steps on a machine that says or does something else when it is told something. */
async function perform(
  steps: readonly Step[],
  before: Parameters<typeof testMachine>[0],
  {
    timeoutMs = 10_000,
    answers = {},
  }: { readonly timeoutMs?: number; readonly answers?: Parameters<typeof testMachine>[1] } = {},
) {
  const { recorder, session, told } = testMachine(before, answers);
  await session.ask('echo');
  const boot = beginBoot({
    planned: plannedBoot(testVariant(), 1, 1),
    topology: topologyOf('shpc-bridge'),
    slotRestMs: 0,
    recorder,
    start: async () => ok(session),
    startHostLoad: async () => fail('none here'),
    onOperation: () => {},
    signal: new AbortController().signal,
  });
  let number = 0;
  const step: OperationFactory['step'] = ({ operation, deviceId }) => {
    number += 1;
    const slot = { bus: 'bus', addr: '1', place: '01.0/00.0' };
    return {
      operation: { operation, number, deviceId, cycle: 1, warmup: false, sequence: 1, timeoutMs },
      plugged: { device, deviceId, options: {}, slot },
    };
  };
  await performSteps(steps, { ...boot, session, operations: { ...boot.operations, step } });
  // What goes on behind an operation that has ended is in `told`, too.
  await delay(30);
  const judged = outcomesOf(recorder.events).map(({ operation, outcome, detail }) => [
    operation.deviceId,
    outcome,
    detail,
  ]);
  const delays = recorder.events.flatMap((event) =>
    event.source === 'harness' && event.event === 'press-delay' ? [[event.sequence, event.delayMs]] : [],
  );
  return { judged, told: told.filter((one) => /^device_|watch/.test(one)), delays };
}

const died: Observation = { source: 'process', event: 'exited', code: null, signal: 'SIGSEGV', stderr: '' };

test.each<[string, Observation, string]>([
  ['crashed', died, 'between two operations: QEMU died of SIGSEGV'],
  [
    'guest-panic',
    { source: 'console', text: 'Kernel panic - not syncing: why' },
    'between two operations: kernel panic: why',
  ],
])('%s, and nothing is tried, when the machine ends in the rest before an operation', async (outcome, end, detail) => {
  const { judged, told } = await perform([plug('a'), plug('b')], (what, record) => {
    if (what === 'rest') record(end);
  });
  expect(judged).toEqual([
    ['a', outcome, detail],
    ['b', 'aborted', `not tried: plug before it ended as ${outcome}`],
  ]);
  expect(told).toEqual([]);
});

test('before each press the guest is left alone for a time of its own; what begins together has one in common', async () => {
  const at = (deviceId: string, sequence: number) => ({ ...plug(deviceId), sequence });
  const together: Step = { operation: 'parallel', branches: [[at('b', 2), at('c', 3)], [at('d', 4)]] };
  const planned = plannedBoot(testVariant(), 1, 1);
  // The cycle is that of a boot that has not begun its first pass.
  const delayOf = (sequence: number) => [sequence, pressDelayMs(planned, 0, sequence)];
  const { delays } = await perform([at('a', 1), together, at('e', 5)], () => undefined);
  expect(delays).toEqual([delayOf(1), delayOf(2), delayOf(5)]);
});

test('the limit of an operation counts from its command: what is prepared before may take longer', async () => {
  const { judged } = await perform([plug('a')], (what) => what === 'ask watch' && delay(100), { timeoutMs: 10 });
  expect(judged).toEqual([['a', 'ok', '']]);
});

test('timeout: nothing was heard in the time after the command; then the guest is asked what it has and what it noted', async () => {
  const asked: string[] = [];
  const before = (what: string) => {
    if (what.startsWith('ask ')) asked.push(what);
    return what === 'device_add a' ? 'refuse' : undefined;
  };
  const { judged } = await perform([plug('a')], before, { timeoutMs: 10 });
  expect(judged).toEqual([['a', 'timeout', 'nothing within 10 ms']]);
  expect(asked.slice(asked.indexOf('ask watch'))).toEqual(['ask watch', 'ask inventory', 'ask journal']);
});

test('no command is given for an operation that is over before', async () => {
  const { judged, told } = await perform([plug('a')], async (what, record) => {
    if (what !== 'ask watch') return;
    record(died);
    await delay(10);
  });
  expect(judged).toEqual([['a', 'crashed', 'QEMU died of SIGSEGV']]);
  expect(told).toEqual(['ask watch']);
});

test.each<[string, readonly { readonly kind: string; readonly fields: Record<string, string> }[] | 'silent', string]>([
  [
    'refuses',
    [{ kind: 'rejected', fields: { reason: 'too many watches' } }],
    "the guest's agent does not look out for a: too many watches",
  ],
  [
    'is silent',
    'silent',
    "the guest's agent was silent when it was asked to look out for a: the guest hangs, or is too slow",
  ],
])('no device is plugged that the agent does not look out for, because it %s', async (_, answer, detail) => {
  const refuse = (what: string) => (answer === 'silent' && what === 'ask watch' ? 'refuse' : undefined);
  const { judged, told } = await perform([plug('a')], refuse, {
    answers: answer === 'silent' ? {} : { watch: answer },
  });
  expect(judged).toEqual([['a', 'guest-error', detail]]);
  expect(told).toEqual(['ask watch']);
});

test('the commands of what begins together are in the order of the file, whichever is prepared first', async () => {
  const slowAtFirst = (what: string) => (what === 'ask watch' ? delay(watches++ === 0 ? 50 : 0) : undefined);
  let watches = 0;
  const { told } = await perform(
    [{ operation: 'parallel', branches: [[plug('a')], [plug('b')], [plug('c')]] }],
    slowAtFirst,
  );
  expect(told.slice(3)).toEqual(['device_add a', 'device_add b', 'device_add c']);
});

test('of several with a gap all are prepared first, and their order is that of their gaps', async () => {
  let watched = 0;
  const slowAtFirst = (what: string) => {
    if (what !== 'ask watch') return undefined;
    watched += 1;
    return watched === 1 ? delay(100) : undefined;
  };
  const branches = [[plug('a')], [wait(20), plug('b')], [wait(10), { operation: 'parallel', branches: [[plug('c')]] }]];
  const { judged, told } = await perform([{ operation: 'parallel', branches } as Step], slowAtFirst);
  expect(told).toEqual([
    ...['ask watch', 'ask watch', 'ask watch'],
    ...['device_add a', 'device_add c', 'device_add b'],
  ]);
  expect(judged.map(([, outcome]) => outcome)).toEqual(['ok', 'ok', 'ok']);
});

test('what is still to begin after its gap is not tried any more when another has failed', async () => {
  const branches = [[plug('a')], [wait(60), plug('b')]];
  const { judged, told } = await perform(
    [{ operation: 'parallel', branches } as Step],
    (what) => (what === 'device_add a' ? 'refuse' : undefined),
    { timeoutMs: 10 },
  );
  expect(judged.map(([deviceId, outcome]) => [deviceId, outcome])).toEqual([
    ['a', 'timeout'],
    ['b', 'aborted'],
  ]);
  expect(told).not.toContain('device_add b');
});

test('what follows in a branch waits where it stands', async () => {
  const branches = [[plug('a'), wait(30), plug('c')], [plug('b')], [wait(1)]];
  const { told } = await perform([{ operation: 'parallel', branches } as Step], () => undefined);
  expect(told).toEqual(['ask watch', 'ask watch', 'device_add a', 'device_add b', 'ask watch', 'device_add c']);
});
