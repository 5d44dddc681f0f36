import type { History } from '../../harness/history/history.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import type { VersionTable } from '../../harness/statistics/version-table.ts';
import type { NamedSample } from '../model/sample-row.ts';
import type { ExportedRun, SummarisedOperation } from './export-format.ts';

/** A plug as `summary.json` has it. */
export const TEST_OPERATION: SummarisedOperation = {
  scenario: 'nightly',
  variant: 'shpc',
  operation: 'plug',
  device_id: '',
  boot_mode: 'fresh',
  clock: 'real',
  n_boots: 6,
  n_samples: 24,
  n_tried: 24,
  failures: 0,
  failure_rate: 0,
  failure_rate_ci95: { low: 0, high: 0.39 },
  censored: undefined,
  outcomes: { ok: 24 },
  min_ms: 6100,
  p50_ms: 6263.4,
  p50_ci95_ms: { low: 6250, high: 6280 },
  p90_ms: 6300,
  p95_ms: 6310,
  ok_p50_ms: 6263.4,
  max_ms: 6400,
  ratio_to_reference: undefined,
  ratio_to_reference_ci95: undefined,
  phases: {
    unattributed_share: 0,
    medians: [
      { phase: 'notify', kind: 'host', start_ms: 0, duration_ms: 0.4 },
      { phase: 'button-wait', kind: 'fixed-wait', start_ms: 0.4, duration_ms: 5159 },
    ],
  },
  warnings: [],
};

/** A run with these operations, failed samples and comparisons. */
export function testExport({
  operations = [TEST_OPERATION],
  samples = [],
  comparisons = [],
  references = [],
  versions = [],
  history,
  startedAt = '2026-03-01T02:00:00.000Z',
}: {
  readonly operations?: readonly SummarisedOperation[];
  readonly samples?: readonly NamedSample[];
  readonly comparisons?: readonly Comparison[];
  /** Comparisons of variants with the reference. */
  readonly references?: readonly Comparison[];
  readonly versions?: readonly VersionTable[];
  readonly history?: History;
  readonly startedAt?: string;
} = {}): ExportedRun {
  const runId = `${startedAt.slice(0, 10).replaceAll('-', '')}T020000Z-nightly`;
  const variants = [...new Set(operations.map(({ variant }) => variant))].map((name) => ({
    scenario: 'nightly',
    name,
    boot_mode: operations.some((one) => one.variant === name && one.boot_mode === 'snapshot') ? 'snapshot' : 'fresh',
    clock: operations.some((one) => one.variant === name && one.clock === 'virtual')
      ? ('virtual' as const)
      : ('real' as const),
    topology: 'shpc-bridge',
    topology_options: {},
    guest: {
      cpus: 2,
      memory_mib: 512,
      iommu: false,
      parameters: {},
      kernel: {
        ...{ source: 'stock', release: '6.1.0-56-amd64', description: 'Debian linux-image-6.1.0-56-amd64' },
        sha256: 'ab',
      },
    },
    accelerator: { asked: 'auto', used: 'kvm', why: 'it works' },
    sampling: { boots: 6, cycles: 4, warmup: 0 },
    timeouts_ms: {},
    deadlines_ms: {},
    left_out: [],
  }));
  return {
    files: {
      directory: `results/${runId}`,
      run: {
        schema_version: 1,
        run_id: runId,
        status: 'complete',
        tool: { version: '1.2.3', commit: 'abc' },
        command_line: ['scenarios/nightly.yaml'],
        seed: 1,
        started_at: startedAt,
        finished_at: '2026-03-01T03:00:00.000Z',
        clock: 'real',
        host: {
          ...{ hostname: 'lab-3', cpu_model: 'x', cores: 4, kernel: '6.1' },
          qemu: 'QEMU emulator version 7.2.22',
        },
        hosts: [],
        jobs: 1,
        resumed: [],
        outcomes: {},
        adaptive: [],
        scenarios: [{ name: 'nightly', file: 'scenarios/nightly.yaml', question: 'Why?', source: '', fits: [] }],
        variants,
        boots: [],
        unavailable: [],
      },
      summary: {
        operations: [...operations],
        fits: [],
        bursts: [],
        races: [],
        versions: [...versions],
        comparisons: references.map((comparison) => ({ with: 'reference', ...comparison })),
      },
      facts: { variants: [] },
      samples,
      missing: [],
      clientViews: [],
      ways: [],
    },
    comparisons,
    ...(history && { history }),
  };
}

/** A variant that is restored from a snapshot: the boot that was saved, the restored ones, and their plugs. */
export const RESTORED_OPERATIONS: readonly SummarisedOperation[] = [
  { ...TEST_OPERATION, variant: 'restored', operation: 'boot', n_boots: 1, n_samples: 1, p50_ms: 8000 },
  { ...TEST_OPERATION, variant: 'restored', operation: 'boot', boot_mode: 'snapshot', n_samples: 6, p50_ms: 300 },
  { ...TEST_OPERATION, variant: 'restored', boot_mode: 'snapshot' },
];

/** The same plug in virtual time. */
export const VIRTUAL_OPERATION: SummarisedOperation = { ...TEST_OPERATION, variant: 'virtual', clock: 'virtual' };

/** A plug that failed, in the words of a guest. */
export function failedSample(
  detail: string,
  over: Partial<NamedSample['sample']> & { readonly device?: string } = {},
): NamedSample {
  const { device = 'virtio-blk', ...differs } = over;
  const sample: NamedSample['sample'] = {
    operation: 'plug',
    boot: 3,
    bootMode: 'fresh',
    clock: 'real',
    cycle: 2,
    sequence: 1,
    deviceId: 'disk',
    outcome: 'timeout',
    latencyMs: undefined,
    startedAt: '2026-03-01T02:00:01.000Z',
    order: 1,
    detail,
    warmup: false,
    isExpected: false,
    ...differs,
  };
  return { scenario: 'nightly', variantName: 'shpc', device, sample };
}

/** A comparison of the plug with a baseline. */
export function testComparison(over: Partial<Comparison> = {}): Comparison {
  const estimate = (value: number) => ({ value, ci95: [value * 0.9, value * 1.1] as const, warnings: [] });
  return {
    scenario: 'nightly',
    variant: 'shpc',
    operation: 'plug',
    base: { label: 'good', boots: 6, samples: 24, failures: 0, medianMs: 5700 },
    current: { label: 'now', boots: 6, samples: 24, failures: 0, medianMs: 6263 },
    verdict: 'regressed',
    reason: '9.9 % slower than good',
    latency: {
      ratio: estimate(1.099),
      differenceMs: estimate(563),
      shiftMs: 560,
      cliffsDelta: 1,
      pValue: 0.0001,
      adjustedPValue: 0.002,
      method: 'permutation',
    },
    phases: [{ phase: 'button-wait', baseMs: 4600, currentMs: 5159, differenceMs: 559, adjustedPValue: 0.001 }],
    threshold: { relative: 0.02, absoluteMs: 0 },
    differences: [],
    warnings: [],
    ...over,
  };
}
