import type { Moment } from '../../harness/drivers/phase-table.ts';
import { eventOf, headerOf, jsonOf } from '../../harness/record/recorded-event.ts';
import { isEnd } from '../../harness/record/recording-end.ts';
import { analyse } from '../../harness/timeline/analyse.ts';
import { momentsOf } from '../../harness/timeline/moment.ts';
import { operationWindows } from '../../harness/timeline/operation-window.ts';
import type { Operation, RecordedEvent } from '../../harness/timeline/recording.ts';
import { inVirtualTime } from '../../harness/timeline/virtual-time.ts';
import type { Phase } from '../../harness/vocabulary.ts';
import type { SampleRow } from './sample-row.ts';

/** Everything that was seen during one sample, on one axis. */
export interface Timeline {
  readonly sample: SampleRow;
  readonly which: 'median' | 'worst' | 'median and worst';
  readonly latencyMs: number;
  readonly phases: readonly Phase[];
  /** In order of time; milliseconds since the operation's start. */
  readonly events: readonly TimelineEvent[];
}

interface TimelineEvent {
  readonly atMs: number;
  readonly source: 'QMP' | 'guest kernel' | 'uevent' | 'agent';
  readonly text: string;
}

/** What the agent writes to the kernel log to tie the clocks says nothing about the operation. */
const OWN_LINE = /^hotplug-bench: /;

/** The timeline of a good sample from its boot's recording; undefined where the recording does not have it. */
export function timelineOf(recording: string, sample: SampleRow, which: Timeline['which']): Timeline | undefined {
  const first = headerOf(jsonOf(recording.slice(0, recording.indexOf('\n'))));
  const recorded = eventsOf(linesAbout(recording, sample));
  if (!first.ok || !recorded) return undefined;
  const header = first.value;
  const events = header.clock === 'virtual' ? inVirtualTime(recorded) : recorded;
  const windows = operationWindows(events);
  const position = windows.findIndex(({ operation }) => isOperation(operation, sample));
  const window = windows[position];
  if (!window) return undefined;
  const analysed = analyse(recorded, header.controller, header.clock)[position];
  const latencyMs = analysed?.judged.latencyMs;
  if (!analysed || latencyMs === undefined) return undefined;
  const startMs = analysed.judged.startedAtMs;
  const moments = momentsOf(window).filter(({ atMs }) => atMs >= startMs && atMs <= startMs + latencyMs + 1e-6);
  return {
    sample,
    which,
    latencyMs,
    phases: analysed.phases,
    events: [
      ...moments.flatMap((moment) => {
        const seen = describe(moment, sample.operation);
        return seen && !OWN_LINE.test(seen.text) ? [{ atMs: moment.atMs - startMs, ...seen }] : [];
      }),
      endOf(sample, latencyMs),
    ],
  };
}

const AGENT_MOMENTS = {
  appeared: 'the device has appeared',
  ready: 'the guest is ready',
  'clock-zero': "the guest's clock starts",
  'log-zero': "the guest's clock starts",
} as const;

const ENDS = {
  boot: { source: 'agent', text: 'ready' },
  start: { source: 'agent', text: 'usable: the guest can use the device' },
  plug: { source: 'agent', text: 'usable: the guest can use the device' },
  'until-usable': { source: 'agent', text: 'usable: the guest can use the last device' },
  unplug: { source: 'QMP', text: 'DEVICE_DELETED: the device is gone' },
} as const;

function endOf({ operation }: SampleRow, atMs: number): TimelineEvent {
  return { atMs, ...ENDS[operation] };
}

function describe(moment: Moment, operation: SampleRow['operation']): Omit<TimelineEvent, 'atMs'> | undefined {
  switch (moment.source) {
    case 'qmp':
      if (moment.what === 'event') {
        // The one that ends the operation is shown as its end.
        if (moment.name === 'DEVICE_DELETED' && moment.device !== '') return undefined;
        return { source: 'QMP', text: [moment.name, moment.device || moment.path].filter(Boolean).join(' ') };
      }
      return {
        source: 'QMP',
        text: moment.what === 'sent' ? `${moment.command} is written` : `QEMU answers ${moment.command}`,
      };
    case 'kernel':
      return { source: 'guest kernel', text: moment.text };
    case 'uevent':
      return { source: 'uevent', text: [moment.action, moment.subsystem, moment.path].join(' ') };
    case 'hole':
      return { source: 'agent', text: `from here on lines may be missing: ${moment.text}` };
    case 'agent':
      // The same.
      if (operation === 'boot' && moment.what === 'ready') return undefined;
      return { source: 'agent', text: AGENT_MOMENTS[moment.what] };
  }
}

/** Undefined where a line is not as it was written: what is drawn without it would be wrong. */
function eventsOf(lines: readonly string[]): readonly RecordedEvent[] | undefined {
  const values = lines.map(jsonOf).filter((line) => !isEnd(line));
  const events = values.flatMap((line) => {
    const event = eventOf(line);
    return event.ok ? [event.value] : [];
  });
  return events.length === values.length ? events : undefined;
}

const EDGE = /"source":"harness","event":"(begin|end)"/g;

/** What tells an operation from the others of its boot. */
export type OperationIdentity = Pick<Operation, 'operation' | 'cycle' | 'sequence'> & { readonly deviceId: string };

/** Whether a recorded operation is the one of a sample. Passes for warm-up are counted with the others, so cycles tell them apart. */
export function isOperation(
  { operation, cycle, sequence, deviceId = '' }: Operation,
  wanted: OperationIdentity,
): boolean {
  return (
    operation === wanted.operation &&
    cycle === wanted.cycle &&
    sequence === wanted.sequence &&
    deviceId === wanted.deviceId
  );
}

/**
 * The lines of a recording that are about one operation and those under way at the same time, with the gaps before and
 * after, in which the clocks are read and the guest hands over its journal. Recordings of long boots have megabytes of
 * JSON, of which a report needs a few hundred lines. The header is not among them. Empty when the operation is not there.
 */
export function linesAbout(recording: string, wanted: OperationIdentity): readonly string[] {
  const end = recording.lastIndexOf('\n') + 1;
  // Behind the header, and behind each moment at which nothing was under way.
  let quiet = recording.indexOf('\n') + 1;
  let from = quiet;
  let open = 0;
  let found = false;
  for (const { 1: edge, index } of recording.matchAll(EDGE)) {
    if (index >= end) break;
    const lineEnd = recording.indexOf('\n', index) + 1;
    if (edge === 'begin') {
      const lineStart = recording.lastIndexOf('\n', index) + 1;
      if (open === 0) {
        if (found) return linesIn(recording, from, lineStart);
        from = quiet;
      }
      open += 1;
      found ||= isAbout(recording.slice(lineStart, lineEnd), wanted);
    } else {
      open = Math.max(0, open - 1);
      if (open === 0) quiet = lineEnd;
    }
  }
  return found ? linesIn(recording, from, end) : [];
}

function linesIn(recording: string, from: number, to: number): readonly string[] {
  return recording.slice(from, to).split('\n').slice(0, -1);
}

function isAbout(line: string, wanted: OperationIdentity): boolean {
  try {
    const { operation } = JSON.parse(line) as { operation: Operation };
    return isOperation(operation, wanted);
  } catch {
    return false;
  }
}
