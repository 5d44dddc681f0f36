import type { ReportModel, ScenarioPart, VariantPart } from './report-model.ts';
import type { Interval, SampleRow } from './sample-row.ts';
import type { RacePart } from './together.ts';

interface Changes {
  readonly slopeCi95?: Interval;
  readonly nothingGood?: boolean;
}

/** A scenario with something of everything that a report shows, for tests. Two variants with three samples each. */
export function scenarioOf({
  slopeCi95 = { low: 0.9991, high: 1.0015 },
  nothingGood = false,
}: Changes = {}): ScenarioPart {
  const medians = [6200, 60];
  return {
    name: 'test',
    slug: 'test',
    question: '',
    source: '',
    reference: 'shpc',
    variants: ['shpc', 'acpi'].map((name, index) =>
      variantOf(name, index, nothingGood ? undefined : (medians[index] ?? 0)),
    ),
    operations: ['plug'],
    fits: [
      {
        series: 'shpc-bridge',
        latency: 'unplug',
        against: 'shpchp.button_delay_ms',
        points: [
          { x: 0, boots: 2, medianMs: 62 },
          { x: 1000, boots: 2, medianMs: 1062 },
          { x: 5000, boots: 2, medianMs: 5062 },
        ],
        line: {
          slope: 1.00031,
          slopeCi95,
          interceptMs: 62.14,
          interceptCi95: { low: 58.24, high: 66.04 },
          residualSdMs: 3,
        },
        phases: [
          { phase: 'button-wait', slope: 1.0002, slopeCi95: { low: 0.9992, high: 1.0012 } },
          { phase: 'notify', slope: 0.0001, slopeCi95: { low: -0.0001, high: 0.0003 } },
        ],
        warnings: [],
        runLabel: '',
      },
    ],
    bursts: [
      {
        variant: 0,
        operation: 'plug',
        devices: 2,
        bursts: 3,
        complete: 3,
        figures: { deviceMs: 6700, firstMs: 6200, lastMs: 7200 },
      },
      {
        variant: 1,
        operation: 'plug',
        devices: 2,
        bursts: 3,
        complete: 3,
        figures: { deviceMs: 65, firstMs: 60, lastMs: 70 },
      },
    ],
    races: [raceOf({ ok: 8, lost: 2 })],
    versions: [],
    samples: nothingGood
      ? []
      : medians.flatMap((ms, variant) =>
          [ms, ms * 0.95, ms * 1.1].map((latencyMs, n) => sampleOf(variant, n + 1, latencyMs)),
        ),
    failures: { shown: [], total: 0, aborted: 0 },
    ways: [],
    clientViews: [],
  };
}

/** Of the first variant: ten plugs that were ok, and ten that ended as told. */
export function raceOf(outcomes: Readonly<Record<string, number>>): RacePart {
  const bad = 10 - (outcomes.ok ?? 0);
  const before = {
    fromMs: 100,
    toMs: 200,
    samples: 10,
    outcomes: { ok: 10 },
    early: 0,
    failureRate: 0,
    failureRateCi95: undefined,
  };
  const bin = {
    fromMs: 200,
    toMs: 300,
    samples: 10,
    outcomes,
    early: 0,
    failureRate: bad / 10,
    failureRateCi95: { low: 0.057, high: 0.51 },
  };
  return { variant: 0, readyMs: { earliest: 280, latest: 310 }, bins: bad === 0 ? [bin] : [before, bin] };
}

function variantOf(name: string, index: number, medianMs: number | undefined): VariantPart {
  const waitMs = index === 0 ? 6000 : 0;
  return {
    key: name,
    label: name,
    slug: `test-${name}`,
    name,
    runId: 'r',
    isHome: true,
    index,
    look: index,
    topology: `${name}-bridge`,
    controller: 'shpchp',
    accelerator: 'tcg',
    accelerationReason: 'tcg was asked for',
    clock: 'real',
    kernel: 'Debian 6.1',
    kernelRelease: '6.1',
    conditions: [],
    leftOut: [],
    operations: [
      {
        operation: 'plug',
        deviceId: '',
        bootMode: 'fresh',
        boots: 3,
        samples: 3,
        tried: 3,
        failures: medianMs === undefined ? 3 : 0,
        outcomes: medianMs === undefined ? { timeout: 3 } : { ok: 3 },
        latency:
          medianMs === undefined
            ? undefined
            : {
                minMs: medianMs * 0.95,
                p50Ms: medianMs,
                p50Ci95: undefined,
                p90Ms: medianMs * 1.05,
                p95Ms: medianMs * 1.08,
                okP50Ms: medianMs,
                maxMs: medianMs * 1.1,
              },
        censored: medianMs === undefined ? { aboveMs: 30_000 } : undefined,
        ratioToReference: undefined,
        ratioCi95: undefined,
        deadline: { limitMs: 3000, missed: index === 0 ? 3 : 0 },
        phases:
          medianMs === undefined
            ? []
            : [
                { name: 'notify', kind: 'host', startMs: 0, durationMs: 10, source: '' },
                { name: 'button-wait', kind: 'fixed-wait', startMs: 10, durationMs: waitMs, source: '' },
                {
                  name: 'driver-probe',
                  kind: 'guest',
                  startMs: 10 + waitMs,
                  durationMs: medianMs - waitMs - 10,
                  source: '',
                },
              ],
        unattributedShare: 0,
        drift: undefined,
        warnings: ['TCG'],
      },
    ],
    facts: undefined,
    tree: { machine: 'q35', rootSlots: 0, bridges: [{ place: '02.0', slots: 31 }] },
    boots: [],
    timelines: [],
  };
}

/** A good plug. */
export function sampleOf(variant: number, boot: number, latencyMs: number): SampleRow {
  return {
    variant,
    operation: 'plug',
    boot,
    bootMode: 'fresh',
    clock: 'real',
    cycle: 1,
    sequence: 1,
    deviceId: 'disk',
    outcome: 'ok',
    latencyMs,
    startedAt: '2026-01-01T00:00:00.000Z',
    order: boot * 2 + variant,
    detail: '',
    warmup: false,
    isExpected: true,
  };
}

/** A report of one run that ended well. */
export function modelOf(over: Partial<ReportModel> = {}): ReportModel {
  const run = {
    runId: 'r',
    label: '',
    isHome: true,
    status: 'complete',
    startedAt: '',
    finishedAt: undefined,
    environment: [],
    noise: [],
    warnings: [],
  };
  return { runs: [run], scenarios: [scenarioOf()], comparisons: [], decisions: [], ...over };
}
