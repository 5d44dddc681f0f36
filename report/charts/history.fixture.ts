import type { Series } from '../../harness/history/history.ts';

const DAY_MS = 24 * 3600 * 1000;

function pointOf(day: number, p50Ms: number): Series['points'][number] {
  const startedAt = new Date(Date.UTC(2026, 0, 1) + day * DAY_MS);
  return {
    run: { runId: `run-${day}`, startedAt, toolCommit: '', thresholds: new Map() },
    environment: new Map(),
    boots: 2,
    samples: 2,
    tried: 2,
    failures: 0,
    p50Ms,
    phases: [],
    phaseMs: [],
  };
}

/** Six nights: QEMU is replaced after two, and the latency is higher after four. */
export const HISTORY_SERIES: Series = {
  host: 'lab',
  scenario: 'nightly',
  variant: 'shpc',
  operation: 'plug',
  deviceId: '',
  accelerator: 'tcg',
  clock: 'real',
  bootMode: 'fresh',
  current: true,
  points: [100, 101, 100, 102, 120, 121].map((ms, day) => pointOf(day, ms)),
  segments: [
    { start: 0, end: 2, beginning: { kind: 'first' }, medianMs: 100.5, phases: [] },
    {
      start: 2,
      end: 4,
      beginning: { kind: 'environment', changes: [{ what: 'QEMU', before: '7.2', after: '8.1' }] },
      medianMs: 101,
      phases: [],
    },
    {
      start: 4,
      end: 6,
      beginning: {
        kind: 'change',
        runId: 'run-4',
        date: new Date(Date.UTC(2026, 0, 5)),
        ratio: 1.19,
        pValue: 0.001,
      },
      medianMs: 120.5,
      phases: [],
    },
  ],
};
