import {
  type Claim,
  claimsIn,
  functionsIn,
  type GuestFunction,
  type GuestSlot,
  OF_CHECK,
  slotsIn,
} from '../guest/pci-answers.ts';
import type { AgentMessage } from '../guest/protocol.ts';
import { operationWindows } from '../timeline/operation-window.ts';
import type { RecordedEvent, RecordingHeader } from '../timeline/recording.ts';
import { kernelLine } from '../timeline/recording.ts';
import { qemuStartMs, residentMiB } from '../timeline/whole-boot.ts';

/** What one boot shows about its topology. */
export interface BootFacts {
  readonly scenario: string;
  readonly variant: string;
  readonly boot: number;
  /** From the start of QEMU's process to the first command of the boot; absent when it never got there. */
  readonly qemuStartMs?: number;
  /** QEMU's memory in RAM at its end; absent where nobody looked. */
  readonly residentMiB?: number;
  /** Absent when the guest never listed them. */
  readonly slots?: readonly GuestSlot[];
  /** One for each `inspect` step that was performed, in order. */
  readonly inspections: readonly Inspection[];
}

/** What a guest was asked, and what it said as far as it answered. */
export interface Inspection {
  readonly cycle: number;
  /** The devices plugged at the time, the oldest first. */
  readonly plugged: readonly PluggedPlace[];
  /** Every PCI function of the guest before anything was claimed. */
  readonly functions: readonly GuestFunction[];
  /** Each attempt to hand devices to userspace, in order. */
  readonly attempts: readonly Attempt[];
  /** Questions without an answer, devices that were not given back: for a person. */
  readonly problems: readonly string[];
}

interface PluggedPlace {
  readonly deviceId: string;
  readonly place: string;
}

/** Devices that were claimed at the same time, each by a driver of its own. */
export interface Attempt {
  /** Empty when the guest did not answer. */
  readonly claims: readonly Claim[];
  readonly places: readonly string[];
}

/** Reads a recording. Pure: an old one can be read again at any time. */
export function bootFacts(
  { scenario, variant, boot }: Pick<RecordingHeader, 'scenario' | 'variant' | 'boot'>,
  events: readonly RecordedEvent[],
): BootFacts {
  const listed = questions(events, 'slots').find(({ complete }) => complete);
  const log = events.slice(0, listed?.askedAt).flatMap((event) => kernelLine(event) ?? []);
  const startMs = qemuStartMs(events);
  const resident = residentMiB(events);
  return {
    scenario,
    variant,
    boot,
    ...(startMs !== undefined && { qemuStartMs: startMs }),
    ...(resident !== undefined && { residentMiB: resident }),
    ...(listed && { slots: slotsIn(listed.answers, log).toSorted((a, b) => a.place.localeCompare(b.place)) }),
    inspections: inspections(events),
  };
}

/** An inspection stands between two operations; an inventory within one was taken because that one failed. */
function inspections(events: readonly RecordedEvent[]): readonly Inspection[] {
  let plugged: readonly PluggedPlace[] = [];
  return operationWindows(events).flatMap(({ operation, gapAfter }, index, all) => {
    const { operation: name, cycle, deviceId = '', place = '' } = operation;
    if (name === 'plug' || name === 'start') plugged = [...plugged, { deviceId, place }];
    if (name === 'unplug') plugged = plugged.filter((device) => device.deviceId !== deviceId);
    // Operations that ran together have what follows in common.
    if (all[index + 1]?.gapAfter === gapAfter) return [];
    const [inventory] = questions(gapAfter, 'inventory').filter(({ fields }) => fields.of !== OF_CHECK.of);
    if (!inventory) return [];
    const claims = questions(gapAfter, 'claim');
    return [
      {
        cycle,
        plugged,
        functions: inventory.complete ? functionsIn(inventory.answers) : [],
        attempts: claims.map(({ fields, answers }) => ({
          places: fields.places?.split(',') ?? [],
          claims: claimsIn(answers),
        })),
        problems: [inventory, ...claims].flatMap(problemsOf),
      },
    ];
  });
}

interface Question {
  /** Where among the events. */
  readonly askedAt: number;
  readonly verb: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly answers: readonly AgentMessage[];
  /** Whether the agent said that it was done. */
  readonly complete: boolean;
}

function questions(events: readonly RecordedEvent[], verb: string): readonly Question[] {
  return events.flatMap((asked, askedAt) => {
    if (asked.source !== 'agent' || asked.direction !== 'sent' || asked.verb !== verb) return [];
    const answers = events.flatMap((event) =>
      event.source === 'agent' &&
      event.direction === 'received' &&
      event.message.fields.request === String(asked.request)
        ? [event.message]
        : [],
    );
    return [{ askedAt, verb, fields: asked.fields, answers, complete: answers.some(({ kind }) => kind === 'done') }];
  });
}

function problemsOf({ verb, fields, answers, complete }: Question): readonly string[] {
  const question = [verb, ...Object.values(fields)].join(' ');
  const rejected = answers.find(({ kind }) => kind === 'rejected');
  if (rejected) return [`the agent rejected "${question}": ${rejected.fields.reason}`];
  if (!complete) return [`the guest did not answer "${question}"`];
  return answers.flatMap(({ kind, fields: { place, reason } }) =>
    kind === 'returned' && reason !== undefined ? [`${place} did not get its kernel driver back: ${reason}`] : [],
  );
}
