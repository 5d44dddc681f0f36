import type { HostFingerprint } from '../host/fingerprint.ts';
import type { HostUse } from '../host/host-use.ts';
import type { AdaptiveOutcome } from '../plan/adaptive.ts';
import type { PlanFacts } from '../plan/plan.ts';
import type { ReadyVariant, UnavailableVariant } from '../plan/ready-variant.ts';
import { outcomesOf } from '../timeline/analyse.ts';
import { type BootClock, bootClock } from '../timeline/clock.ts';
import { type KindLosses, lossesByKind, lossesIn } from '../timeline/losses.ts';
import { processStart, type RecordedEvent } from '../timeline/recording.ts';
import { failureOutside, qemuStartMs, residentMiB } from '../timeline/whole-boot.ts';
import type { Scenario } from '../variant.ts';
import type { BootMode, Sample } from '../vocabulary.ts';
import type { StoredHost, StoredNoise } from './run-file.ts';

/** What is known about a run before it begins. */
export interface RunFacts {
  readonly tool: { readonly version: string; readonly commit: string };
  /** Words of the command line after the program's name. */
  readonly commandLine: readonly string[];
  readonly startedAt: Date;
  readonly host: HostFingerprint;
  /** What disturbs measurements on it, looked for before the first boot; absent where it was not looked for. */
  readonly noise?: readonly StoredNoise[];
  readonly scenarios: readonly Scenario[];
  /** Machines that run side by side; absent for one. */
  readonly jobs?: number;
  /** Variants that the run goes on without; absent for none. */
  readonly unavailable?: readonly UnavailableVariant[];
  /** For a run that has been started before. */
  readonly continues?: Continuation;
}

/** What earlier starts of a run have left in its `run.json`, as it is there, and when it was gone on with. */
interface Continuation {
  /** What the paths of scenario files are relative to. */
  readonly workingDirectory: string;
  /** On which it was begun. */
  readonly host: StoredHost;
  /** All that it has been run on. */
  readonly hosts: readonly StoredHost[];
  readonly restarts: readonly Restart[];
}

/** When, and with which words, a stopped run was gone on with. */
interface Restart {
  readonly started_at: string;
  readonly command_line: string[];
}

/** One VM life, as it is listed in `run.json`. */
export interface BootReport {
  readonly name: string;
  readonly scenario: string;
  readonly variant: string;
  readonly boot: number;
  readonly bootMode: BootMode;
  readonly jobs: number;
  /** Absent when the guest never answered an echo. */
  readonly clock: BootClock | undefined;
  /** From the start of QEMU's process to `cont`; absent when it never got there. */
  readonly qemuStartMs: number | undefined;
  /** From the start of QEMU's process until the guest was ready; absent where it never was, and on the virtual clock. */
  readonly untilReadyMs?: number | undefined;
  /** QEMU's memory in RAM at its end; absent where nobody looked. */
  readonly residentMiB?: number | undefined;
  /** From its beginning to the last thing that was recorded of it. */
  readonly durationMs?: number;
  /** What went wrong while no operation was under way, so that no sample says it. */
  readonly failure?: string | undefined;
  /** What was lost, or went wrong without an operation failing for it. */
  readonly losses?: readonly KindLosses[];
  /** What the host did meanwhile; absent for a boot that did not end. */
  readonly hostUse?: HostUse;
}

export interface RunState extends RunFacts {
  readonly runId: string;
  readonly seed: number;
  readonly plan: PlanFacts;
  readonly ready: readonly ReadyVariant[];
  readonly boots: readonly BootReport[];
  readonly samples: readonly Sample[];
  readonly status: 'complete' | 'partial' | 'failed';
  readonly finishedAt: Date | undefined;
  /** Present when the run has ended. */
  readonly adaptive?: readonly AdaptiveOutcome[];
}

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
  const use = events.findLast((event) => event.source === 'harness' && event.event === 'host-use');
  return {
    ...{ name, scenario, variant, boot, bootMode, jobs },
    clock: bootClock(events),
    qemuStartMs: qemuStartMs(events),
    untilReadyMs: untilReadyMs(events),
    residentMiB: residentMiB(events),
    durationMs: events.at(-1)?.atMs ?? 0,
    failure: failureOutside(events),
    losses: lossesByKind(events, lossesIn(events)),
    ...(use?.source === 'harness' && use.event === 'host-use' && { hostUse: use }),
  };
}

/** QEMU's own start is in the host's time, which a boot on the virtual clock is not counted in. */
function untilReadyMs(events: readonly RecordedEvent[]): number | undefined {
  const started = processStart(events);
  const isVirtual = events.some((event) => event.source === 'harness' && event.event === 'virtual-clock');
  const boot = outcomesOf(events).find(({ operation }) => operation.operation === 'boot');
  if (!started || isVirtual || boot?.outcome !== 'ok') return undefined;
  return boot.startedAtMs + boot.latencyMs - started.atMs;
}

/** Whether a run ended otherwise than its scenarios accept: in one of its samples, or in a boot where no sample says it. */
export function hasFailed(
  samples: readonly Pick<Sample, 'expected'>[],
  boots: readonly Pick<BootReport, 'failure'>[],
): boolean {
  return samples.some(({ expected }) => !expected) || boots.some(({ failure }) => failure !== undefined);
}
