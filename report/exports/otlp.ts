import { createHash } from 'node:crypto';
import type { Sample } from '../../harness/vocabulary.ts';
import { type BootTimeline, bootTimelines, type OperationSpan, type Span } from './boot-timelines.ts';
import type { ExportedRun, ExportFormat } from './export-format.ts';

type Value = { readonly stringValue: string } | { readonly doubleValue: number } | { readonly boolValue: boolean };
type Attributes = readonly { readonly key: string; readonly value: Value }[];

/** `SpanKind.SPAN_KIND_INTERNAL` and `Status.StatusCode` of opentelemetry-proto's trace.proto. */
const INTERNAL = 1;
const STATUS_OK = 1;
const STATUS_ERROR = 2;

/**
 * An `ExportTraceServiceRequest` in OTLP's JSON encoding (opentelemetry-proto 1.x, "JSON Protobuf Encoding": identifiers in
 * hexadecimal, 64-bit integers as text), which a collector takes at `/v1/traces`. A trace per boot, in it a span per operation, in
 * this one per phase. Identifiers are hashes of what they name: the same run gives the same ones.
 */
export const otlp: ExportFormat = {
  name: 'otlp',
  description: 'every sample and its phases as OpenTelemetry spans, a trace per boot',
  several: false,
  historical: false,
  needsPhases: true,
  render: ([run]) => ({ text: `${JSON.stringify({ resourceSpans: run ? [resourceSpans(run)] : [] })}\n`, notes: [] }),
};

function resourceSpans({ files, samples = [] }: ExportedRun) {
  const { run } = files;
  return {
    resource: {
      attributes: attributes({
        'service.name': 'hotplug-bench',
        'service.version': run.tool.version,
        'host.name': String(run.host.hostname ?? ''),
        'hotplug_bench.run_id': run.run_id,
      }),
    },
    scopeSpans: [
      {
        scope: { name: 'hotplug-bench', version: run.tool.version },
        spans: bootTimelines(samples).flatMap((boot) => spansOf(run.run_id, boot)),
      },
    ],
  };
}

function spansOf(runId: string, timeline: BootTimeline) {
  const { name, boot, operations } = timeline;
  const traceId = identifier(16, runId, name);
  const root = identifier(8, traceId);
  const { scenario, variant, topology, controller, kernel, accelerator, clock } = boot;
  return [
    {
      ...{ traceId, spanId: root, name, kind: INTERNAL, ...times(timeline), status: {} },
      attributes: attributes({ scenario, variant, topology, controller, kernel, accelerator, clock, boot: boot.boot }),
    },
    ...operations.flatMap((operation) => operationSpans(traceId, root, operation)),
  ];
}

function operationSpans(traceId: string, root: string, operation: OperationSpan) {
  const { name, sample, phases } = operation;
  const spanId = identifier(8, traceId, String(sample.order), sample.deviceId, sample.operation);
  return [
    {
      ...{ traceId, spanId, parentSpanId: root, name, kind: INTERNAL, ...times(operation) },
      attributes: attributes(factsOf(sample)),
      status: sample.outcome === 'ok' ? { code: STATUS_OK } : { code: STATUS_ERROR, message: failureOf(sample) },
    },
    ...phases.map((phase, index) => ({
      ...{
        traceId,
        spanId: identifier(8, spanId, String(index)),
        parentSpanId: spanId,
        name: phase.name,
        kind: INTERNAL,
      },
      ...times(phase),
      attributes: attributes({ kind: phase.kind }),
      status: {},
    })),
  ];
}

function failureOf({ outcome, detail }: Sample): string {
  return detail === '' ? outcome : `${outcome}: ${detail}`;
}

function factsOf({ outcome, latencyMs, refusedAfterMs, device, cycle, warmup, order, losses }: Sample) {
  return {
    ...{ outcome, cycle, warmup, order },
    ...(device !== '' && { device }),
    ...(latencyMs !== undefined && { latency_ms: latencyMs }),
    ...(refusedAfterMs !== undefined && { refused_after_ms: refusedAfterMs }),
    ...(losses.length > 0 && { losses: losses.join(' ') }),
  };
}

function times({ startNs, endNs }: Span) {
  return { startTimeUnixNano: String(startNs), endTimeUnixNano: String(endNs) };
}

function attributes(values: Readonly<Record<string, string | number | boolean>>): Attributes {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'number'
          ? { doubleValue: value }
          : { boolValue: value },
  }));
}

/** So many bytes in hexadecimal; never all zero, which OTLP calls invalid. */
function identifier(bytes: number, ...parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('hex')
    .slice(0, 2 * bytes);
}
