import { z } from 'zod';
import { fail, ok, type Result } from '../result.ts';
import type { Observation, RecordedEvent, RecordingHeader } from '../timeline/recording.ts';
import { BOOT_MODES, CLOCKS, CONTROLLERS, OPERATIONS, OUTCOMES } from '../vocabulary.ts';

/**
 * What a line of a recording has to have, so that who interprets it can rely on its type. More in it is fine, and so is an
 * event that only a later version knows: nothing is told from it.
 */

type HarnessEvent = Extract<Observation, { readonly source: 'harness' }>;
type ProcessEvent = Extract<Observation, { readonly source: 'process' }>;

const number = z.number().optional();
const text = z.string();
const fields = z.record(text, text);

const operation = z.looseObject({
  operation: z.enum(OPERATIONS),
  number,
  cycle: z.number(),
  warmup: z.boolean(),
  sequence: z.number(),
  device: text.optional(),
  deviceId: text.optional(),
  place: text.optional(),
  slotName: text.optional(),
  bootMode: z.enum(BOOT_MODES).optional(),
  offsetMs: number,
  expected: z.array(z.enum(OUTCOMES)).optional(),
  timeoutMs: z.number(),
});

const harness: Readonly<Record<HarnessEvent['event'], z.ZodType>> = {
  begin: z.looseObject({ operation }),
  end: z.looseObject({ operation: number }),
  'give-up': z.looseObject({ operation: number, reason: text, detail: text }),
  load: z.looseObject({ guestCpus: z.number(), hostCpus: z.number() }),
  'machine-step': z.looseObject({ step: text }),
  'press-delay': z.looseObject({ cycle: z.number(), sequence: z.number(), delayMs: z.number() }),
  'host-use': z.looseObject({ load: z.number(), otherCpus: number, stealShare: z.number() }),
  memory: z.looseObject({ residentMiB: z.number() }),
  'backend-kept': z.looseObject({ operation: number, deviceId: text, detail: text }),
  'wall-clock': z.looseObject({ wallMs: z.number(), uncertaintyMs: z.number() }),
  'virtual-clock': z.looseObject({ virtualNs: z.number(), hpetNs: number }),
  'window-unread': z.looseObject({ detail: text }),
  'virtual-clock-unread': z.looseObject({ detail: text }),
};

const process: Readonly<Record<ProcessEvent['event'], z.ZodType>> = {
  started: z.looseObject({ pid: z.number() }),
  exited: z.looseObject({ code: z.number().nullable(), signal: text.nullable(), stderr: text }),
};

const agent: Readonly<Record<string, z.ZodType>> = {
  sent: z.looseObject({ request: z.number(), verb: text, fields }),
  received: z.looseObject({
    message: z.looseObject({ sequence: z.number(), guestNs: z.number(), kind: text, fields }),
  }),
  garbled: z.looseObject({ line: text, reason: text }),
};

const qmp = z.looseObject({ direction: z.enum(['sent', 'received']), message: z.looseObject({}) });
const console = z.looseObject({ text });

const any = z.looseObject({
  atMs: z.number(),
  source: text,
  event: text.optional(),
  direction: text.optional(),
});

const header = z.looseObject({
  recording: z.literal(1),
  runId: text,
  scenario: text,
  variant: text,
  topology: text,
  controller: z.enum(CONTROLLERS),
  accelerator: z.enum(['kvm', 'tcg']),
  boot: z.number().int().min(0),
  bootMode: z.enum(BOOT_MODES).optional(),
  clock: z.enum(CLOCKS).optional(),
  jobs: number,
  untilUsable: number,
  ends: z.literal(true).optional(),
  startedAt: z.iso.datetime(),
});

/** What a line of a recording holds; undefined for one that is not JSON. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The first line of a recording. The failure says what is wrong with it. */
export function headerOf(line: unknown): Result<RecordingHeader, string> {
  return header.safeParse(line).success
    ? ok(line as RecordingHeader)
    : fail('is not the header of a recording, version 1');
}

/** Any other line of it. */
export function eventOf(line: unknown): Result<RecordedEvent, string> {
  const event = any.safeParse(line);
  if (!event.success) return fail('is no event');
  const schema = schemaOf(event.data);
  const parsed = schema?.safeParse(line);
  if (parsed && !parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(`is no event: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return ok(line as RecordedEvent);
}

/** Undefined for what this version does not know. */
function schemaOf({ source, event = '', direction = '' }: z.output<typeof any>): z.ZodType | undefined {
  const own = (table: Readonly<Record<string, z.ZodType>>, name: string) =>
    Object.hasOwn(table, name) ? table[name] : undefined;
  if (source === 'harness') return own(harness, event);
  if (source === 'process') return own(process, event);
  if (source === 'agent') return own(agent, direction);
  if (source === 'qmp') return qmp;
  return source === 'console' || source === 'firmware' ? console : undefined;
}
