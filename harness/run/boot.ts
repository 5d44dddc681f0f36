import { Bench } from 'tinybench';
import type { PlannedBoot } from '../plan/schedule.ts';
import type { Result } from '../result.ts';
import { type AnalysedOperation, analyse } from '../timeline/analyse.ts';
import type { Outcome } from '../timeline/conclusion.ts';
import type { Operation } from '../timeline/recording.ts';
import type { Topology } from '../topology/topology.ts';
import { bootMachine, continueMachine } from './boot-machine.ts';
import type { Broken } from './broken.ts';
import { openKernelLog } from './kernel-log.ts';
import { alignClocks, observe } from './observe.ts';
import { describeOperations } from './operation-factory.ts';
import { skip } from './operations.ts';
import { performSteps } from './perform-steps.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { restoreInto, type Snapshot, saveFrom } from './snapshot.ts';
import { slotNamesOf, verifyGuest } from './verify-guest.ts';

/** What a boot needs from around it. */
export interface BootContext {
  readonly planned: PlannedBoot;
  readonly topology: Topology;
  readonly recorder: Recorder;
  /** Starts the VM, stopped before its first instruction; or says why it could not. */
  readonly start: () => Promise<Result<Session, string>>;
  /** A guest that was saved when it was ready, to begin with instead of a boot from the firmware on. */
  readonly snapshot?: Snapshot | 'unavailable';
  /** Starts a busy process on the host. */
  readonly startHostLoad: () => Promise<Result<{ kill(): Promise<unknown> }, string>>;
  /** Called once for each finished operation, in order. */
  readonly onOperation: (operation: AnalysedOperation) => void;
  /** Aborted when the user wants the run to end. */
  readonly signal: AbortSignal;
}

/**
 * One VM life: boot, then every pass of the sequence. After the first operation that fails the state of the guest is
 * unknown, so what is left of this boot is recorded as not tried instead of being measured on a broken machine.
 *
 * tinybench drives the passes: one Bench a boot, with the VM's start in its set-up and its end in its tear-down. Its
 * timing is overridden with our latencies, and its statistics are not used: it sorts samples, which hides drift, and
 * loses all of a task's samples when one throws.
 */
export async function runBoot(context: BootContext): Promise<void> {
  const { variant } = context.planned;
  const { signal } = context;
  const life = beginLife(context);
  const pass = async () => ({ overriddenDuration: await life.pass() });
  const iterations = variant.sampling.warmup + variant.sampling.cycles;
  const bench = new Bench({
    time: 0,
    iterations,
    warmup: false,
    throws: true,
    setup: life.boot,
    teardown: () => life.stop(signal.aborted ? 'at-once' : 'orderly'),
  });
  bench.add(variant.name, pass, { async: true });
  try {
    await bench.run();
  } finally {
    await life.stop('at-once');
  }
}

/**
 * A boot whose only purpose is to be saved: the guest as it is when it is ready, with its kernel log switched on. It is
 * recorded as a boot like any other. Undefined, with the reason in the recording, when it did not come to that.
 *
 * @param directory private, for the saved guest
 */
export async function bootAndSave(context: BootContext, directory: string): Promise<Snapshot | undefined> {
  const life = beginLife(context);
  try {
    await life.boot();
    return await life.save(directory);
  } finally {
    await life.stop('at-once');
  }
}

function beginLife(context: BootContext) {
  const { planned, recorder, signal, topology } = context;
  const snapshot = context.snapshot === 'unavailable' ? undefined : context.snapshot;
  const { variant } = planned;
  const factory = describeOperations(planned, topology);
  let session: Session | undefined;
  let broken: Broken | undefined;
  let slotNames = snapshot?.slotNames;
  let analysedUpTo = 0;
  let cycle = 0;

  /** Analyses the operations that have just ended, with the echoes and the journal before and after them. */
  const report = (): number => {
    const analysed = analyse(recorder.events.slice(analysedUpTo), topology.controller, variant.clock);
    analysedUpTo = recorder.events.findLastIndex((e) => e.source === 'harness' && e.event === 'end') + 1;
    for (const operation of analysed) context.onOperation(operation);
    return analysed.reduce((sum, { judged }) => sum + (judged.latencyMs ?? 0), 0);
  };
  const note = (operation: Operation, outcome: Outcome) => {
    if (outcome === 'ok') return;
    const asExpected = operation.expected?.includes(outcome) ?? false;
    const detail = `not tried: ${operation.operation} before it ended as ${outcome}${asExpected ? ', as expected' : ''}`;
    broken ??= { reason: asExpected ? 'expected-failure' : 'earlier-failure', detail };
  };
  const boot = async () => {
    const operation = factory.boot(context.snapshot ? 'snapshot' : 'fresh');
    const plugs = factory.bootPlugs();
    if (context.snapshot === 'unavailable') {
      broken = { reason: 'no-snapshot', detail: 'the guest of this variant could not be saved: see boot 0' };
      for (const one of [operation, ...plugs.map((due) => due.operation)])
        skip(recorder, one, broken.reason, broken.detail);
      report();
      return;
    }
    const begin = snapshot ? restoreInto(snapshot, recorder) : continueMachine;
    const booted = await bootMachine(recorder, signal, operation, context.start, begin, plugs);
    session = booted.session;
    for (const [index, plug] of plugs.entries()) {
      const outcome = booted.plugs[index];
      if (outcome === undefined) skip(recorder, plug.operation, 'no-machine', 'there is no machine');
      else note(plug.operation, outcome);
    }
    note(operation, booted.outcome);
    if (session && booted.outcome === 'ok') await observe(session);
    report();
    if (snapshot || !session || broken) return;
    slotNames = await slotNamesOf(session);
    broken = await verifyGuest(session, variant, topology, factory.slots, slotNames);
    if (!broken) await openKernelLog(session);
  };
  const pass = async (): Promise<number> => {
    cycle += 1;
    const machine = () => session;
    return performSteps(variant.steps, {
      recorder,
      signal,
      machine,
      factory: factory.pass(cycle, slotNames?.names ?? new Map()),
      placeOf: factory.placeOf,
      startHostLoad: context.startHostLoad,
      broken: () => broken,
      breakWith: (reason) => {
        broken ??= reason;
      },
      note,
      report,
    });
  };
  const save = async (directory: string): Promise<Snapshot | undefined> => {
    if (!session || broken) return undefined;
    await alignClocks(session);
    const saved = await saveFrom(session, recorder, directory);
    return saved && { ...saved, ...(slotNames && { slotNames }) };
  };
  const stop = async (how: 'orderly' | 'at-once') => {
    const ending = session;
    session = undefined;
    await ending?.stop(broken ? 'at-once' : how);
  };
  return { boot, pass, save, stop };
}
