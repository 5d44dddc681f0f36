import type { Topology } from '../../machine/topology/topology.ts';
import type { PlannedBoot } from '../../plan/schedule.ts';
import { startCommand } from '../../qemu/qmp-messages.ts';
import type { Result } from '../../result.ts';
import { type AnalysedOperation, analyse, wrongClock } from '../../timeline/analyse.ts';
import { lastHeard } from '../../timeline/losses.ts';
import type { Operation } from '../../timeline/recording.ts';
import { belongs, isSent, kernelLine } from '../../timeline/recording.ts';
import type { Variant } from '../../variant.ts';
import type { Outcome } from '../../vocabulary.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import { hasEnded } from './look-back.ts';
import type { Broken } from './operation.ts';
import { describeOperations, type OperationFactory } from './operation-factory.ts';
import type { Saved, Snapshot } from './snapshot.ts';
import type { GuestSlots } from './verify-guest.ts';

/** What a boot needs from around it. */
export interface BootContext {
  readonly planned: PlannedBoot;
  readonly topology: Topology;
  /** How long its slots are busy with themselves after a boot, in milliseconds; nothing is plugged before. */
  readonly slotRestMs: number;
  readonly recorder: Recorder;
  /** Starts the VM, stopped before its first instruction; or says why it could not. */
  readonly start: () => Promise<Result<Session, string>>;
  /** A guest that was saved when it was ready, to begin with instead of a boot from the firmware on. */
  readonly snapshot?: Saved;
  /** Starts a busy process on the host. */
  readonly startHostLoad: () => Promise<Result<{ kill(): Promise<unknown> }, string>>;
  /** Called once for each finished operation, in order. */
  readonly onOperation: (operation: AnalysedOperation) => void;
  /** Aborted when the user wants the run to end. */
  readonly signal: AbortSignal;
}

/** One boot, from the start of its machine to the end: what surrounds it, and how far it has come. */
export interface BootInProgress extends BootContext {
  readonly variant: Variant;
  readonly operations: OperationFactory;
  /** The saved guest that it begins with; undefined for a boot from the firmware on. */
  readonly restored: Snapshot | undefined;
  /** Undefined before the machine is started and after it was stopped. */
  session: Session | undefined;
  /** How the operation `boot` ended. */
  bootOutcome: Outcome;
  /** Of the guest; undefined until it has listed them. */
  slots: GuestSlots | undefined;
  /** The pass that is performed, from 1; 0 before the first. */
  cycle: number;
  /** Why nothing more is tried; undefined while all is well. */
  broken: Broken | undefined;
  /** Where no operation is to blame for that: what is, and how many events had been recorded then. */
  cause: { readonly why: string; readonly at: number } | undefined;
  /** Events before this position have been analysed. */
  analysedUpTo: number;
}

export function beginBoot(context: BootContext): BootInProgress {
  const { planned, topology, snapshot } = context;
  const restored = snapshot && 'file' in snapshot ? snapshot : undefined;
  return {
    ...context,
    variant: planned.variant,
    operations: describeOperations(planned, topology),
    restored,
    session: undefined,
    bootOutcome: 'aborted',
    slots: restored?.slots,
    cycle: 0,
    broken: undefined,
    cause: undefined,
    analysedUpTo: 0,
  };
}

/** Takes in how an operation ended: after one that failed, the state of the guest is unknown. */
export function noteOutcome(boot: BootInProgress, operation: Operation, outcome: Outcome): void {
  if (outcome === 'ok' || outcome === 'withdrawn' || isAsBefore(boot, operation, outcome)) return;
  const asExpected = operation.expected?.includes(outcome) ?? false;
  const detail = `not tried: ${operation.operation} before it ended as ${outcome}${asExpected ? ', as expected' : ''}`;
  boot.broken ??= { reason: asExpected ? 'expected-failure' : 'earlier-failure', detail };
}

/** Whether QEMU was asked and has refused what it was meant to refuse: then nothing has changed. */
function isAsBefore({ recorder }: BootInProgress, operation: Operation, outcome: Outcome): boolean {
  if (!operation.meantRefused || outcome !== 'refused') return false;
  const command = startCommand(operation.operation);
  return recorder.events.some((event) => isSent(event, command) && belongs(event, operation));
}

/** Ends what can be tried, for a reason that is no operation's outcome. The first reason stays. */
export function breakBoot(boot: BootInProgress, why: string, broken: Broken = notTriedBecause(why)): void {
  if (boot.broken) return;
  boot.cause = { why, at: boot.recorder.events.length };
  boot.broken = broken;
}

/** The same for a step that measures nothing. Where the machine has ended, the next operation, or the look back, says how. */
export function breakAfterStep(boot: BootInProgress, why: string): void {
  if (!hasEnded(boot.recorder.events)) breakBoot(boot, why);
}

function notTriedBecause(why: string): Broken {
  return { reason: 'earlier-failure', detail: `not tried: ${why}` };
}

/**
 * Analyses and reports the operations that have ended since the last time, with the echoes and the journal before and after
 * them.
 *
 * @returns the sum of their latencies in milliseconds
 */
export function reportEnded(boot: BootInProgress): number {
  const { recorder, topology, variant, onOperation } = boot;
  const { events } = recorder;
  const from = boot.analysedUpTo;
  const heard = from === 0 ? undefined : lastHeard(events.slice(0, from));
  const analysed = analyse(events.slice(from), topology.controller, variant.clock, heard);
  boot.analysedUpTo = events.findLastIndex((e) => e.source === 'harness' && e.event === 'end') + 1;
  for (const operation of analysed) onOperation(operation);
  // From `from` on only: to look at the whole recording after each operation would take longer and longer.
  const wrong = wrongClock(events, variant.clock, from);
  if (wrong) breakBoot(boot, wrong.why);
  return analysed.reduce((sum, { judged }) => sum + (judged.latencyMs ?? 0), 0);
}

/** All lines of the guest's kernel log that have been heard in this boot. */
export function kernelLogOf({ recorder }: BootInProgress): readonly string[] {
  return recorder.events.flatMap((event) => kernelLine(event) ?? []);
}
