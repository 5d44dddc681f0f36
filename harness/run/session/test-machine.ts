import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '../../result.ts';
import type { Observation } from '../../timeline/recording.ts';
import { commandTag } from '../../timeline/recording.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** Of a recording that nobody analyses. */
export const TEST_HEADER = {
  recording: 1,
  runId: '',
  scenario: '',
  variant: '',
  topology: '',
  controller: 'shpchp',
  accelerator: 'tcg',
  boot: 1,
  startedAt: '',
} as const;

/** A machine without QEMU, for tests of what is done to one and when. */
export interface TestMachine {
  readonly recorder: Recorder;
  readonly session: Session;
  /** What it was told, in order: `device_add disk`, `ask watch`, `rest`, `stop orderly`. */
  readonly told: readonly string[];
}

/** What the agent answers to a request, besides `done`. */
type Answers = Readonly<Record<string, readonly { readonly kind: string; readonly fields: Record<string, string> }[]>>;

/**
 * A machine that does at once what it is told: devices are usable and deleted, echoes come back.
 *
 * @param before called with each thing that it is told, before it does it; `refuse` makes it do nothing
 */
export function testMachine(
  before: (
    told: string,
    record: Recorder['record'],
    given: Readonly<Record<string, unknown>>,
  ) => Promise<unknown> | unknown = () => undefined,
  answers: Answers = {},
): TestMachine {
  const recorder = openRecorder(
    join(mkdtempSync(join(tmpdir(), 'test-machine-')), 'recording.jsonl'),
    TEST_HEADER,
    process.hrtime.bigint(),
  );
  const told: string[] = [];
  let requests = 0;
  const does = async (what: string, given: Readonly<Record<string, unknown>> = {}) => {
    told.push(what);
    return (await before(what, recorder.record, given)) !== 'refuse';
  };
  const agent = (kind: string, fields: Record<string, string>): Observation => {
    const guestNs = Number(process.hrtime.bigint());
    return { source: 'agent', direction: 'received', message: { sequence: 1, guestNs, kind, fields } };
  };
  const qmp = (message: unknown): Observation => ({ source: 'qmp', direction: 'received', message });

  const execute: Session['execute'] = async ({ execute: name, arguments: given }, operation) => {
    const id = String((given as { readonly id?: string }).id ?? '');
    const tag = operation && commandTag(operation);
    // As the QMP client has it: a number where the command is sent for no operation.
    const answered = tag === undefined ? 1 : `${tag}/1`;
    const message = { execute: name, arguments: given, id: answered };
    const isDone = does([name, id].filter(Boolean).join(' '), given);
    recorder.record({ source: 'qmp', direction: 'sent', message });
    if (!(await isDone)) return ok({});
    recorder.record(qmp({ return: {}, id: answered }));
    if (name === 'cont') recorder.record(agent('ready', { kernel: '6.1' }));
    if (name === 'device_add') recorder.record(agent('usable', { device: id }));
    if (name === 'device_del') recorder.record(qmp({ event: 'DEVICE_DELETED', data: { device: id } }));
    return ok({});
  };
  const ask: Session['ask'] = async (verb, fields = {}) => {
    requests += 1;
    const request = String(requests);
    recorder.record({ source: 'agent', direction: 'sent', request: requests, verb, fields });
    if (!(await does(`ask ${verb}`))) return undefined;
    const received = String(process.hrtime.bigint());
    const closing = verb === 'echo' ? agent('echo', { request, received }) : agent('done', { request });
    const all = [...(answers[verb] ?? []).map((one) => agent(one.kind, { ...one.fields, request })), closing];
    for (const observation of all) recorder.record(observation);
    return all.flatMap((one) => (one.source === 'agent' && one.direction === 'received' ? [one.message] : []));
  };
  const session: Session = {
    clock: 'real',
    slowness: () => 1,
    pairClocks: async () => false,
    execute,
    ask,
    letRun: (wait) => wait(),
    rest: async () => {
      await does('rest');
    },
    newDirectory: async () => '',
    startBackend: async () => ({ ok: false, failure: 'no backend' }),
    stop: async (how) => {
      await does(`stop ${how}`);
    },
  };
  return { recorder, session, told };
}
