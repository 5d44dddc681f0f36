import type { AgentMessage } from '../guest/protocol.ts';
import type { HostUse } from '../host/host-use.ts';
import { type QmpMessage, qmpId, qmpMessage, START_COMMANDS } from '../qemu/qmp-messages.ts';
import type { MachineStep } from '../variant.ts';
import type { BootMode, Clock, Controller, OperationName, Outcome } from '../vocabulary.ts';

/** What the runner set out to do: enough to tell, from the events that follow, how it ended. */
export interface Operation {
  readonly operation: OperationName;
  /** Tells the operations of a boot apart, since several may be under way at once; absent where there is only ever one. */
  readonly number?: number;
  /** 0 for the boot itself; passes of the sequence count from 1, warm-up ones first. */
  readonly cycle: number;
  readonly warmup: boolean;
  /** Place in the sequence of the cycle, from 1; 0 for the boot. */
  readonly sequence: number;
  /** Name from harness/machine/device; absent for the boot. */
  readonly device?: string;
  /** The device's id in QEMU; absent for the boot. */
  readonly deviceId?: string;
  /** PCI place of the slot, as in `02.0/03.0`; absent for the boot. */
  readonly place?: string;
  /** The guest's name of that slot, as drivers use it in the kernel log; absent while it is not known. */
  readonly slotName?: string;
  /** For a boot; absent for a fresh one. */
  readonly bootMode?: BootMode;
  /** For a plug during the boot: when it was due, in milliseconds after `cont`. */
  readonly offsetMs?: number;
  /** How it may end without being a failure of the run; absent where only `ok` is right. */
  readonly expected?: readonly Outcome[];
  /** QEMU is to refuse it: it ends with QEMU's answer, and where that is no refusal, as `accepted`. */
  readonly meantRefused?: true;
  /** Another operation unplugs the same device while this one is under way, or the other way round. */
  readonly contested?: true;
  /** The request is made again until it succeeds, so often: a refusal does not end it. */
  readonly retry?: { readonly everyMs: number; readonly times: number };
  /** The limit after which the outcome is no longer waited for, in milliseconds. */
  readonly timeoutMs: number;
}

/** Why the runner gave up on an operation before anything else decided it. */
export type GivenUp =
  | 'timeout'
  | 'interrupted'
  | 'no-machine'
  | 'guest-panic'
  | 'no-backend'
  | 'no-watch'
  | 'no-snapshot'
  | 'not-refused'
  | 'still-refused'
  | 'expected-failure'
  | 'wrong-controller'
  | 'missing-parameter'
  | 'module-failed'
  | 'earlier-failure';

/** What was seen, by where it was seen. Messages are kept as they came; nothing here is interpreted. */
export type Observation =
  | { readonly source: 'harness'; readonly event: 'begin'; readonly operation: Operation }
  | { readonly source: 'harness'; readonly event: 'end'; readonly operation?: number }
  | {
      readonly source: 'harness';
      readonly event: 'give-up';
      readonly operation?: number;
      readonly reason: GivenUp;
      readonly detail: string;
    }
  /** From here on so many CPUs of the guest, and of the host, are kept busy on purpose. */
  | { readonly source: 'harness'; readonly event: 'load'; readonly guestCpus: number; readonly hostCpus: number }
  /** What a step of the sequence does to the machine itself; QEMU's events say when it is done. */
  | { readonly source: 'harness'; readonly event: 'machine-step'; readonly step: MachineStep['operation'] }
  /** The guest is left alone for so long before what begins next, outside of its latency (plan/press-delay.ts). */
  | {
      readonly source: 'harness';
      readonly event: 'press-delay';
      readonly cycle: number;
      readonly sequence: number;
      readonly delayMs: number;
    }
  /** What the host did during the boot, at the end of it (host/host-use.ts). */
  | ({ readonly source: 'harness'; readonly event: 'host-use' } & HostUse)
  /** The memory of QEMU's process that was in RAM at the end of the boot, before it was ended. */
  | { readonly source: 'harness'; readonly event: 'memory'; readonly residentMiB: number }
  /** QEMU did not remove a device's backend after its unplug; `detail` is what it said last. */
  | {
      readonly source: 'harness';
      readonly event: 'backend-kept';
      readonly operation?: number;
      readonly deviceId: string;
      readonly detail: string;
    }
  /**
   * The host's CLOCK_REALTIME, in milliseconds since 1970, read with the recording's clock to within `uncertaintyMs`: what a
   * guest under KVM pairs its own clock with. Where the two run apart by steps only, one reading holds until the next.
   */
  | {
      readonly source: 'harness';
      readonly event: 'wall-clock';
      readonly wallMs: number;
      readonly uncertaintyMs: number;
    }
  /**
   * QEMU's virtual clock while the machine stands still, and what the HPET showed then, if it was on by then
   * (run/session/virtual-clock.ts); `at`: where in its boot the guest was halted, if it was for that.
   */
  | {
      readonly source: 'harness';
      readonly event: 'virtual-clock';
      readonly virtualNs: number;
      readonly hpetNs?: number;
      readonly at?: 'kernel-entry';
    }
  /** Messages that the agent had kept in its memory could not be read there, and were asked for over the line. */
  | { readonly source: 'harness'; readonly event: 'window-unread'; readonly detail: string }
  /** The machine stands still, and its clock could not be read, or its timers contradict each other. */
  | { readonly source: 'harness'; readonly event: 'virtual-clock-unread'; readonly detail: string }
  | { readonly source: 'process'; readonly event: 'started'; readonly pid: number }
  | {
      readonly source: 'process';
      readonly event: 'exited';
      readonly code: number | null;
      readonly signal: string | null;
      readonly stderr: string;
    }
  | { readonly source: 'qmp'; readonly direction: 'sent' | 'received'; readonly message: unknown }
  | {
      readonly source: 'agent';
      readonly direction: 'sent';
      readonly request: number;
      readonly verb: string;
      readonly fields: Readonly<Record<string, string>>;
    }
  | { readonly source: 'agent'; readonly direction: 'received'; readonly message: AgentMessage }
  | { readonly source: 'agent'; readonly direction: 'garbled'; readonly line: string; readonly reason: string }
  | { readonly source: 'console'; readonly text: string }
  /** A line of the firmware's on its debug port. */
  | { readonly source: 'firmware'; readonly text: string };

/** An observation and when it was made: milliseconds on the host's monotonic clock since the recording began. */
export type RecordedEvent = {
  readonly atMs: number;
  /** On the host's clock, where `atMs` has been moved to the virtual one (virtual-time.ts); never in a file. */
  readonly hostMs?: number;
} & Observation;

/** First line of `recording/<boot>.jsonl`: everything an analysis needs that is not an event. */
export interface RecordingHeader {
  /** Version of this file's format. */
  readonly recording: 1;
  readonly runId: string;
  readonly scenario: string;
  readonly variant: string;
  readonly topology: string;
  readonly controller: Controller;
  readonly accelerator: 'kvm' | 'tcg';
  readonly boot: number;
  /** Absent in recordings from before there was a choice: `fresh`. */
  readonly bootMode?: BootMode;
  /** Absent in recordings from before there was a choice: `real`. */
  readonly clock?: Clock;
  /** How many machines ran side by side; absent for one. */
  readonly jobs?: number;
  /** For a boot that has a time as a whole (until-usable.ts): how many devices are to become usable in it. */
  readonly untilUsable?: number;
  /** Wall-clock time at which `atMs` is 0, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Present when a last line says how much there has to be (record/recording-end.ts); earlier versions wrote none. */
  readonly ends?: true;
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly events: readonly RecordedEvent[];
  /** Whether the last line that it should have is there and right. One that is cut off before that has what was seen so far. */
  readonly hasEnd?: boolean;
}

/** The QMP command that an event is the writing of. */
export function sentCommand(event: RecordedEvent): Extract<QmpMessage, { kind: 'command' }> | undefined {
  if (event.source !== 'qmp' || event.direction !== 'sent') return undefined;
  const message = qmpMessage(event.message);
  return message.kind === 'command' ? message : undefined;
}

export function isSent(event: RecordedEvent, ...commands: readonly (string | undefined)[]): boolean {
  const sent = sentCommand(event);
  return sent !== undefined && commands.includes(sent.execute);
}

/** When QEMU's process was started, and which it is; undefined where it never was. */
export function processStart(
  events: readonly RecordedEvent[],
): { readonly atMs: number; readonly pid: number } | undefined {
  const started = events.find((event) => event.source === 'process' && event.event === 'started');
  return started?.source === 'process' && started.event === 'started' ? started : undefined;
}

/** Whether it plugs or unplugs something, and is not the boot or what comes with it. */
export function isHotplug({ operation }: Operation): boolean {
  return operation === 'plug' || operation === 'unplug';
}

/** Whether a step of the sequence resets the machine: the guest that boots then begins to count from the start. */
export function isReset(event: RecordedEvent | undefined): boolean {
  return event?.source === 'harness' && event.event === 'machine-step' && event.step === 'reset';
}

/** The QMP event that QEMU sent, such as DEVICE_DELETED. */
export function receivedQmpEvent(event: RecordedEvent): Extract<QmpMessage, { kind: 'event' }> | undefined {
  if (event.source !== 'qmp' || event.direction !== 'received') return undefined;
  const message = qmpMessage(event.message);
  return message.kind === 'event' ? message : undefined;
}

/** The text of a line of the guest's kernel log. */
export function kernelLine(event: RecordedEvent): string | undefined {
  if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'kmsg') return undefined;
  return event.message.fields.text;
}

/** The id of a QMP command that was sent for an operation: `op3/17`. QEMU repeats it in its reply. */
export function commandTag(operation: Operation): string | undefined {
  return operation.number === undefined ? undefined : `op${operation.number}`;
}

/**
 * Whether an event may be about this operation, where several are under way at once: not if it says that it is about
 * another. Recordings from before there were several say nothing, and everything in them is about the one there is.
 */
export function belongs(event: RecordedEvent, operation: Operation): boolean {
  if (operation.number === undefined) return true;
  if (event.source === 'harness') {
    if (event.event === 'begin') return event.operation.number === operation.number;
    return !('operation' in event) || event.operation === undefined || event.operation === operation.number;
  }
  if (event.source !== 'qmp') return true;
  // What begins a restored boot, and parts the time of a device that comes with it.
  if (operation.operation === 'start' && isSent(event, START_COMMANDS.restore)) return true;
  const id = qmpId(event.message);
  return typeof id !== 'string' || id.split('/')[0] === commandTag(operation);
}
