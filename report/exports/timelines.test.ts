import { describe, expect, test } from 'vitest';
import { groupBy } from '../../harness/statistics/groups.ts';
import { recorded } from '../../harness/timeline/recorded.fixture.ts';
import { samplesOf } from '../../harness/timeline/samples-of.ts';
import type { Sample } from '../../harness/vocabulary.ts';
import { bootTimelines } from './boot-timelines.ts';
import { otlp } from './otlp.ts';
import { perfetto } from './perfetto.ts';
import { testExport } from './test-export.ts';

const samplesIn = (name: string) => samplesOf([recorded(name)]);

interface Slice {
  readonly ph: string;
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly latency_ms: number };
}

interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
}

function slicesOf(samples: readonly Sample[]): readonly Slice[] {
  return JSON.parse(perfetto.render([{ ...testExport(), samples }]).text).traceEvents;
}

function spansOf(samples: readonly Sample[]): readonly SpanJson[] {
  return JSON.parse(otlp.render([{ ...testExport(), samples }]).text).resourceSpans[0].scopeSpans[0].spans;
}

const thousandths = (value: number) => Math.round(value * 1000);

describe.each(['shpc-burst', 'acpi-burst', 'pcie-burst', 'virtual-shpc-stock'])('%s', (name) => {
  const samples = samplesIn(name);

  test('Perfetto: slices of a thread nest, and the phases of an operation fill it to the nanosecond', () => {
    const slices = slicesOf(samples).filter(({ ph }) => ph === 'X');
    const operations = slices.filter(({ args }) => args !== undefined);
    expect(operations).toHaveLength(samples.filter(({ outcome }) => outcome === 'ok').length);
    for (const operation of operations) {
      const end = thousandths(operation.ts) + thousandths(operation.dur);
      const inside = slices.filter(
        (one) => one.args === undefined && one.pid === operation.pid && one.tid === operation.tid,
      );
      const own = inside.filter(({ ts }) => thousandths(ts) >= thousandths(operation.ts) && thousandths(ts) < end);
      const sum = own.reduce((total, { dur }) => total + thousandths(dur), 0);
      expect(sum).toBe(thousandths(operation.dur));
      expect(thousandths(operation.dur)).toBe(Math.round((operation.args?.latency_ms ?? 0) * 1e6));
    }
    for (const lane of groupBy(operations, ({ tid }) => String(tid)).values()) {
      const sorted = lane.toSorted((a, b) => a.ts - b.ts);
      for (const [index, one] of sorted.entries()) {
        const next = sorted[index + 1];
        if (next) expect(thousandths(one.ts) + thousandths(one.dur)).toBeLessThanOrEqual(thousandths(next.ts));
      }
    }
  });

  test('OTLP: one trace; each span has a parent that covers it; phases sum to their operation', () => {
    const spans = spansOf(samples);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      if (span.parentSpanId === undefined) continue;
      const parent = byId.get(span.parentSpanId);
      expect(BigInt(span.startTimeUnixNano) >= BigInt(parent?.startTimeUnixNano ?? -1)).toBe(true);
      expect(BigInt(span.endTimeUnixNano) <= BigInt(parent?.endTimeUnixNano ?? 0)).toBe(true);
    }
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
  });
});

test('what overlaps is in lanes of its own', () => {
  const [boot] = bootTimelines(samplesIn('shpc-burst'));
  const plugs = boot?.operations.filter(({ sample }) => sample.operation === 'plug' && sample.cycle === 1) ?? [];
  expect(plugs.length).toBeGreaterThan(1);
  expect(new Set(plugs.map(({ lane }) => lane)).size).toBe(plugs.length);
});

test('what failed is said with its outcome, and has no length', () => {
  const [boot, good] = samplesIn('acpi-root-port');
  if (!boot || !good) throw new Error('no samples');
  const { latencyMs: _, phases: __, refusedAfterMs: ___, ...common } = good;
  const failed: Sample = { ...common, outcome: 'timeout', detail: 'nothing within 30000 ms', phases: [] };
  expect(slicesOf([boot, failed])).toContainEqual(
    expect.objectContaining({ ph: 'i', name: `plug ${good.deviceId}: timeout` }),
  );
  const span = spansOf([boot, failed]).find(({ status }) => status.code === 2);
  expect(span?.status.message).toBe('timeout: nothing within 30000 ms');
  expect(span?.startTimeUnixNano).toBe(span?.endTimeUnixNano);
});

test('a run without start_ms is placed by its wall clock', () => {
  const older = samplesIn('acpi-root-port').map((sample) => ({ ...sample, startMs: 0 }));
  const [boot] = bootTimelines(older);
  const starts = boot?.operations.map(({ startNs }) => startNs) ?? [];
  expect(new Set(starts).size).toBe(older.length);
});
