import type { Sample } from './sample.ts';

/** A good plug without its latency, for tests, which add that and change what they are about. */
export const TEST_SAMPLE: Sample = {
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
  outcome: 'ok',
  expected: true,
  startMs: 0,
  startedAt: new Date(0),
  order: 1,
  detail: '',
  phases: [],
};
