import { sampleOf } from '../model/model.fixture.ts';
import type { Timeline } from '../model/timeline.ts';

/** A plug with a fixed wait, for tests. */
export const TIMELINE: Timeline = {
  sample: sampleOf(0, 1, 6200),
  which: 'worst',
  latencyMs: 6200,
  phases: [
    { name: 'notify', kind: 'host', startMs: 0, durationMs: 10 },
    { name: 'button-wait', kind: 'fixed-wait', startMs: 10, durationMs: 6000 },
    { name: 'driver-probe', kind: 'guest', startMs: 6010, durationMs: 190 },
  ],
  events: [
    { atMs: 0, source: 'QMP', text: 'device_add is written' },
    { atMs: 10, source: 'guest kernel', text: 'Button pressed on Slot(1)' },
    { atMs: 6200, source: 'agent', text: 'usable: the guest can use the device' },
  ],
};
