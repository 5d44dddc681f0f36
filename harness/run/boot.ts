import { Bench } from 'tinybench';
import type { Topology } from '../machine/topology/topology.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import type { Result } from '../result.ts';
import { type AnalysedOperation, analyse, wrongClock } from '../timeline/analyse.ts';
import { kernelLine } from '../timeline/kernel-line.ts';
import { lastHeard } from '../timeline/losses.ts';
import type { Operation } from '../timeline/recording.ts';
import type { Outcome } from '../vocabulary.ts';
import { bootMachine, continueMachine } from './boot-machine.ts';
import type { Broken } from './broken.ts';
import { openKernelLog } from './kernel-log.ts';
import { hasEnded, wrongBetween } from './look-back.ts';
import { alignClocks, observe, observeBoot } from './observe.ts';
import { describeOperations } from './operation-factory.ts';
import { skip } from './operations.ts';
import { performSteps } from './perform-steps.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { restoreInto, type Saved, type SavePlace, saveFrom } from './snapshot.ts';
import { slotNamesOf, verifyGuest } from './verify-guest.ts';

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

/**
 * One VM life: boot, then every pass of the sequence. After the first operation that fails the state of the guest is
 * unknown, so what is left of this boot is recorded as not tried instead of being measured on a broken machine.
 *
 * tinybench drives the passes: one Bench a boot, a pass is an iteration, with the VM's start in the set-up and its end in
 * the tear-down. A duration of its own would be that of the harness's calls; a pass lasts what its operations are recorded to
 * have taken. Its statistics of these passes are not used: it sorts samples, which hides drift, and loses all of a task's
 * samples when one throws. They check the statistics of the summary instead (`harness/self/tinybench-check.ts`).
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
    teardown: async () => {
      if (!signal.aborted) await life.lookBack();
      await life.stop(signal.aborted ? 'at-once' : 'orderly');
    },
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
 * recorded as a boot like any other.
 */
export async function bootAndSave(context: BootContext, place: SavePlace): Promise<Saved> {
  const life = beginLife(context);
  try {
    await life.boot();
    return await life.save(place);
  } finally {
    await life.stop('at-once');
  }
}

function beginLife(context: BootContext) {
  const { planned, recorder, signal, topology } = context;
  const snapshot = context.snapshot && 'file' in context.snapshot ? context.snapshot : undefined;
  const { variant } = planned;
  const factory = describeOperations(planned, topology);
  let session: Session | undefined;
  let broken: Broken | undefined;
  /** What broke it where that was no operation, and when. */
  let cause: { readonly why: string; readonly at: number } | undefined;
  const breakFor = (why: string, reason: Broken) => {
    if (broken) return;
    cause = { why, at: recorder.events.length };
    broken = reason;
  };
  let booted: Outcome = 'aborted';
  let slotNames = snapshot?.slotNames;
  let analysedUpTo = 0;
  let cycle = 0;

  /** Analyses the operations that have just ended, with the echoes and the journal before and after them. */
  const report = (): number => {
    const { events } = recorder;
    const from = analysedUpTo;
    const heard = from === 0 ? undefined : lastHeard(events.slice(0, from));
    const analysed = analyse(events.slice(from), topology.controller, variant.clock, heard);
    analysedUpTo = recorder.events.findLastIndex((e) => e.source === 'harness' && e.event === 'end') + 1;
    for (const operation of analysed) context.onOperation(operation);
    // All of the recording anew after each operation would take longer and longer.
    const wrong = wrongClock(recorder.events, variant.clock, from);
    if (wrong) breakFor(wrong.why, { reason: 'earlier-failure', detail: `not tried: ${wrong.why}` });
    return analysed.reduce((sum, { judged }) => sum + (judged.latencyMs ?? 0), 0);
  };
  const kernelLog = () => recorder.events.flatMap((event) => kernelLine(event) ?? []);
  const note = (operation: Operation, outcome: Outcome) => {
    if (outcome === 'ok') return;
    const asExpected = operation.expected?.includes(outcome) ?? false;
    const detail = `not tried: ${operation.operation} before it ended as ${outcome}${asExpected ? ', as expected' : ''}`;
    broken ??= { reason: asExpected ? 'expected-failure' : 'earlier-failure', detail };
  };
  const boot = async () => {
    const operation = factory.boot(context.snapshot ? 'snapshot' : 'fresh');
    const plugs = factory.bootPlugs();
    if (context.snapshot && 'unavailable' in context.snapshot) {
      broken = context.snapshot.unavailable;
      for (const one of [operation, ...plugs.map((due) => due.operation)]) skip(recorder, one, broken);
      report();
      return;
    }
    const begin = snapshot ? restoreInto(snapshot, recorder) : continueMachine;
    const brought = await bootMachine(recorder, signal, operation, context.start, begin, plugs);
    session = brought.session;
    booted = brought.outcome;
    for (const [index, plug] of plugs.entries()) {
      const outcome = brought.plugs[index];
      if (outcome === undefined)
        skip(recorder, plug.operation, { reason: 'no-machine', detail: 'there is no machine' });
      else note(plug.operation, outcome);
    }
    note(operation, booted);
    if (session && booted === 'ok') await (snapshot ? observe(session) : observeBoot(session));
    report();
    if (!session || broken) return;
    if (!snapshot) slotNames = await slotNamesOf(session, kernelLog());
    const wrong = snapshot ? snapshot.broken : await verifyGuest(session, variant, topology, factory.slots, slotNames);
    if (wrong) breakFor(wrong.detail, wrong);
    else if (!snapshot) await openKernelLog(session);
  };
  const pass = async (): Promise<number> => {
    cycle += 1;
    const machine = () => session;
    const rest = { operation: 'wait', waitMs: context.slotRestMs } as const;
    return performSteps(cycle === 1 ? [rest, ...variant.steps] : variant.steps, {
      recorder,
      signal,
      machine,
      factory: factory.pass(cycle, slotNames?.names ?? new Map()),
      placeOf: factory.placeOf,
      startHostLoad: context.startHostLoad,
      broken: () => broken,
      savedLog: snapshot?.kernelLog ?? [],
      breakWith: (why) => {
        // The next operation, or the look back, says how it ended.
        if (hasEnded(recorder.events)) return;
        breakFor(why, { reason: 'earlier-failure', detail: `not tried: ${why}` });
      },
      note,
      report,
    });
  };
  /** A guest that is not what its variant promises is saved all the same: its boots then end as fresh ones would. */
  const save = async (place: SavePlace): Promise<Saved> => {
    const unavailable = (reason: Broken['reason'], why: string) =>
      ({ unavailable: { reason, detail: `not tried: the guest of this variant could not be saved: ${why}` } }) as const;
    if (!session || booted !== 'ok') return unavailable(broken?.reason ?? 'no-snapshot', `boot 0 ended as ${booted}`);
    await alignClocks(session);
    const saved = await saveFrom(session, recorder, place);
    if (!saved.ok) {
      recorder.record({ source: 'harness', event: 'give-up', reason: 'no-snapshot', detail: saved.failure });
      return unavailable('no-snapshot', saved.failure);
    }
    return { ...place, kernelLog: kernelLog(), ...(slotNames && { slotNames }), ...(broken && { broken }) };
  };
  /** Notes what went wrong where no operation was left to say it. */
  const lookBack = async () => {
    if (!session) return;
    // An answer, or the end of a QEMU that is just dying, is then in the recording.
    const answered = broken ? true : (await session.ask('rest', { ms: '0' })) !== undefined;
    const { events } = recorder;
    const isTold = events.slice(cause?.at).some((event) => event.source === 'harness' && event.event === 'begin');
    const untold = isTold ? undefined : cause?.why;
    const silent = answered ? undefined : 'after the last operation: the guest no longer answers';
    const detail = broken ? untold : (wrongBetween(events) ?? silent);
    if (detail !== undefined)
      recorder.record({ source: 'harness', event: 'give-up', reason: 'earlier-failure', detail });
  };
  const stop = async (how: 'orderly' | 'at-once') => {
    const ending = session;
    session = undefined;
    await ending?.stop(broken ? 'at-once' : how);
  };
  return { boot, pass, save, lookBack, stop };
}
