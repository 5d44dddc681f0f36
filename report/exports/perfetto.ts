import type { Sample } from '../../harness/vocabulary.ts';
import { type BootTimeline, bootTimelines, type OperationSpan, type Span } from './boot-timelines.ts';
import type { ExportFormat } from './export-format.ts';

/**
 * Chrome's JSON trace format, which ui.perfetto.dev and chrome://tracing open. There is no kept library for npm that writes
 * Perfetto's own protobuf. A process per boot, a thread per lane of operations that do not overlap, a slice per operation with its
 * phases inside it; what failed is an instant with its outcome and detail. Times in it are microseconds with three decimals.
 * Source: the document "Trace Event Format" of the Chromium project, and Perfetto's docs/reference "JSON trace format".
 */
export const perfetto: ExportFormat = {
  name: 'perfetto',
  description: 'every sample and its phases as a timeline, for ui.perfetto.dev and chrome://tracing',
  several: false,
  historical: false,
  needsPhases: true,
  render: ([run]) => {
    const boots = bootTimelines(run?.samples ?? []);
    const [first] = boots.toSorted((a, b) => Number(a.startNs - b.startNs));
    const events = boots.flatMap((boot, index) => eventsOf(boot, index + 1, first?.startNs ?? 0n));
    const document = { displayTimeUnit: 'ms', otherData: about(run?.files.run), traceEvents: events };
    return { text: `${JSON.stringify(document)}\n`, notes: [] };
  },
};

function about(run: { readonly run_id: string; readonly started_at: string } | undefined) {
  return run ? { run_id: run.run_id, started_at: run.started_at } : {};
}

function eventsOf({ name, operations }: BootTimeline, pid: number, originNs: bigint) {
  const lanes = new Set(operations.map(({ lane }) => lane));
  const named = (what: string, value: string, tid?: number) => ({
    ...{ ph: 'M', name: what, pid, ...(tid !== undefined && { tid }) },
    args: { name: value },
  });
  return [
    named('process_name', name),
    ...[...lanes].map((lane) =>
      named('thread_name', lane === 0 ? 'operations' : `at the same time ${lane + 1}`, lane + 1),
    ),
    ...operations.flatMap((operation) => slices(operation, pid, originNs)),
  ];
}

function slices(
  { name, sample, lane, phases, ...span }: OperationSpan,
  pid: number,
  originNs: bigint,
): readonly object[] {
  const place = { pid, tid: lane + 1 };
  const { outcome } = sample;
  const said = outcome === 'ok' ? name : `${name}: ${outcome}`;
  const own = { name: said, cat: sample.operation, args: argumentsOf(sample), ...place };
  if (span.endNs === span.startNs) return [{ ...own, ph: 'i', s: 't', ts: microseconds(span.startNs - originNs) }];
  return [
    { ...own, ...complete(span, originNs) },
    ...phases.map((phase) => ({ name: phase.name, cat: phase.kind, ...place, ...complete(phase, originNs) })),
  ];
}

function complete({ startNs, endNs }: Span, originNs: bigint) {
  return { ph: 'X', ts: microseconds(startNs - originNs), dur: microseconds(endNs - startNs) };
}

/** Below 2^53 ns, 104 days, a double has every nanosecond of it. */
function microseconds(valueNs: bigint): number {
  return Number(valueNs) / 1000;
}

function argumentsOf(sample: Sample) {
  const {
    outcome,
    latencyMs,
    refusedAfterMs,
    device,
    topology,
    controller,
    cycle,
    warmup,
    clock,
    order,
    detail,
    losses,
  } = sample;
  return {
    ...{
      outcome,
      latency_ms: latencyMs,
      refused_after_ms: refusedAfterMs,
      device,
      topology,
      controller,
      cycle,
      warmup,
    },
    ...{ clock, order, ...(detail !== '' && { detail }), ...(losses.length > 0 && { losses: losses.join(' ') }) },
  };
}
