import { ONE_DEVICE } from '../../harness/findings/need.ts';
import { type Candidate, chooseTopology } from '../../harness/findings/topology-choice.ts';
import type { Comparison, Verdict } from '../../harness/statistics/comparison.ts';
import { HISTORY_SERIES } from '../charts/history.fixture.ts';
import { TIMELINE } from '../charts/timeline.fixture.ts';
import { scenarioOf } from '../model/model.fixture.ts';
import type { ReportModel } from '../model/report-model.ts';

/** A comparison of two nights, with latencies where there was something to compare. */
export function comparisonOf(variant: string, verdict: Verdict): Comparison {
  const side = { label: 'last night', boots: 5, samples: 5, failures: 0, medianMs: 100 };
  const isCompared = verdict !== 'missing' && verdict !== 'incomparable';
  return {
    scenario: 'nightly',
    variant,
    operation: 'plug',
    base: side,
    ...(verdict !== 'missing' && { current: { ...side, label: 'tonight', medianMs: 112 } }),
    verdict,
    reason: `${variant} is ${verdict}.`,
    ...(isCompared && {
      latency: {
        ratio: { value: 1.12, ci95: [1.08, 1.16], warnings: [] },
        differenceMs: { value: 12, ci95: [8, 16], warnings: [] },
        shiftMs: 12,
        cliffsDelta: 1,
        pValue: 0.0002,
        adjustedPValue: 0.0008,
        method: 'permutation',
      },
    }),
    phases:
      verdict === 'regressed'
        ? [{ phase: 'driver-probe', baseMs: 20, currentMs: 32, differenceMs: 12, adjustedPValue: 0.001 }]
        : [],
    threshold: { relative: 0.02, absoluteMs: 0 },
    differences: verdict === 'incomparable' ? ['QEMU: 7.2.0 → 8.1.1'] : [],
    warnings: ['5 boots a side: the verdict assumes that boots scatter normally'],
  };
}

const NEED = { ...ONE_DEVICE, disks: 8, devices: 0, vfio: true, deadlineMs: 3000 };

const MACHINES: readonly Candidate[] = [
  {
    ...{ scenario: 'test', variant: 'shpc', topology: 'shpc-bridge', slotBus: 'pci', slots: 31 },
    ...{ bursts: [{ size: 8, lastMs: 45_000 }], bootMs: 1500, failureRate: 0.02 },
  },
  {
    ...{ scenario: 'test', variant: 'acpi', topology: 'acpi-root-port', slotBus: 'pcie', slots: 8 },
    ...{ bursts: [], plugMs: 60, bootMs: 1600, failureRate: 0 },
  },
];

/** A model with everything that only some reports have. */
export function modelWithEverything(): ReportModel {
  const scenario = scenarioOf();
  return {
    runs: [
      {
        runId: 'tonight',
        label: '',
        isHome: true,
        status: 'complete',
        startedAt: '2026-01-06T02:00:00.000Z',
        finishedAt: undefined,
        environment: [['host', 'lab']],
        noise: [],
        warnings: [],
      },
    ],
    scenarios: [
      {
        ...scenario,
        variants: scenario.variants.map((variant, index) => ({
          ...variant,
          leftOut: index === 0 ? ['vIOMMU: the QEMU here has none'] : [],
          timelines: index === 0 ? [TIMELINE] : [],
        })),
      },
    ],
    decisions: [{ need: NEED, choices: chooseTopology(NEED, MACHINES) }],
    comparisons: [
      comparisonOf('shpc', 'regressed'),
      comparisonOf('native', 'improved'),
      comparisonOf('acpi', 'unchanged'),
      comparisonOf('acpi-bridge', 'undecided'),
      comparisonOf('libvirt', 'incomparable'),
      comparisonOf('kata', 'missing'),
    ],
    history: { directory: 'results', runs: 6, skipped: [], series: [HISTORY_SERIES] },
  };
}
