import type { FailedOutcome, FailedSample, GoodSample } from '../vocabulary.ts';

const PLUG = {
  runId: 'r',
  scenario: 'test',
  variant: 'shpc',
  topology: 'shpc-bridge',
  controller: 'shpchp',
  kernel: '6.1',
  accelerator: 'kvm',
  clock: 'real',
  boot: 1,
  bootMode: 'fresh',
  jobs: 1,
  cycle: 1,
  warmup: false,
  sequence: 1,
  operation: 'plug',
  device: 'virtio-blk',
  deviceId: 'disk',
  startMs: 0,
  startedAt: new Date(0),
  order: 1,
  detail: '',
  losses: [],
} as const;

/** For tests: a good plug, and what is otherwise about it. */
export function goodSample(over: Partial<GoodSample> = {}): GoodSample {
  return { ...PLUG, outcome: 'ok', latencyMs: 100, expected: true, phases: [], ...over };
}

/** For tests: a plug that failed, which its scenario does not expect, and what is otherwise about it. */
export function failedSample(outcome: FailedOutcome, over: Partial<FailedSample> = {}): FailedSample {
  return { ...PLUG, outcome, expected: false, phases: [], ...over };
}
