import { bootClock } from '../timeline/clock.ts';
import { lossesByKind, lossesIn } from '../timeline/losses.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { failureOutside, qemuStartMs } from '../timeline/whole-boot.ts';
import type { BootReport } from './run-state.ts';

/** A boot as `run.json` lists it, from its recording. */
export function bootReport(
  name: string,
  {
    scenario,
    variant,
    boot,
    bootMode = 'fresh',
    jobs = 1,
  }: Pick<BootReport, 'scenario' | 'variant' | 'boot'> & Partial<Pick<BootReport, 'bootMode' | 'jobs'>>,
  events: readonly RecordedEvent[],
): BootReport {
  return {
    ...{ name, scenario, variant, boot, bootMode, jobs },
    clock: bootClock(events),
    qemuStartMs: qemuStartMs(events),
    durationMs: events.at(-1)?.atMs ?? 0,
    failure: failureOutside(events),
    losses: lossesByKind(events, lossesIn(events)),
  };
}
