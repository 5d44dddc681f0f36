import { setTimeout as delay } from 'node:timers/promises';
import type { Result } from '../result.ts';
import type { Operation } from '../timeline/recording.ts';
import type { InspectStep, MeasuredStep, ParallelStep, Step, WaitStep } from '../variant.ts';
import type { Outcome } from '../vocabulary.ts';
import type { Broken } from './broken.ts';
import { inspectIommuGroups } from './inspect.ts';
import { keepBusy } from './load.ts';
import { machineEnd } from './look-back.ts';
import { observe } from './observe.ts';
import type { StepOperation } from './operation-factory.ts';
import { letSettle, of, plug, skip, unplug } from './operations.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';
import { waitForLog } from './wait-for-log.ts';

/** The machine that the steps are performed on, and what becomes of it. */
export interface StepContext {
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
  /** Undefined when there is none, or no more. */
  readonly machine: () => Session | undefined;
  /** Makes the operation of a step. */
  readonly factory: (step: MeasuredStep) => StepOperation;
  /** PCI place of a slot, by its index. */
  readonly placeOf: (slot: number) => string;
  /** What a restored guest wrote to its kernel log before it was saved. */
  readonly savedLog: readonly string[];
  readonly startHostLoad: () => Promise<Result<{ kill(): Promise<unknown> }, string>>;
  /** Why nothing more is tried; undefined while all is well. */
  readonly broken: () => Broken | undefined;
  /** Ends what can be tried, for a reason that is no operation's. */
  readonly breakWith: (why: string) => void;
  /** Takes in how an operation ended. */
  readonly note: (operation: Operation, outcome: Outcome) => void;
  /** Analyses and reports what has ended since the last time; the sum of the latencies in milliseconds. */
  readonly report: () => number;
}

/** Performs steps one after another; the sum of their latencies in milliseconds. */
export async function performSteps(steps: readonly Step[], context: StepContext): Promise<number> {
  let latencyMs = 0;
  for (const step of steps) {
    if (context.signal.aborted) break;
    latencyMs += await performStep(step, context);
  }
  return latencyMs;
}

async function performStep(step: Step, context: StepContext): Promise<number> {
  switch (step.operation) {
    case 'plug':
    case 'unplug': {
      await performOperation(step, context, alone);
      return settle(context);
    }
    case 'parallel':
      await performBranches(step, context);
      return settle(context);
    case 'wait':
      await wait(step, context);
      return 0;
    case 'inspect':
      await inspect(step, context);
      return 0;
    case 'load': {
      const idle = await keepBusy(step, context);
      try {
        return await performSteps(step.steps, context);
      } finally {
        await idle();
      }
    }
  }
}

/** What follows operations that ended: the clocks are tied anew, and the guest says what it has noted. */
async function settle({ machine, broken, recorder, report }: StepContext): Promise<number> {
  const session = machine();
  const reason = broken()?.reason;
  // A guest that failed in an operation may still have others to account for; one that is dead answers nothing.
  const isAlive = !recorder.events.some((event) => event.source === 'process' && event.event === 'exited');
  if (session && isAlive && (reason === undefined || reason === 'expected-failure')) await observe(session);
  return report();
}

/**
 * All branches begin at the same time: what begins each is prepared first, waits until the others are, too, and then as
 * long as its branch says. What fails in one ends all that is left in every one of them.
 */
async function performBranches(parallel: ParallelStep, context: StepContext): Promise<void> {
  const delays = firstOf(parallel);
  const together = barrier(delays.size);
  const startOf = (step: MeasuredStep): Start => {
    const afterMs = delays.get(step);
    return afterMs === undefined ? alone : { together, afterMs };
  };
  const performBranch = async (steps: readonly Step[]): Promise<void> => {
    const { first, following } = leadOf(steps);
    for (const step of following) {
      if (step.operation === 'wait') await wait(step, context);
      else if (isMeasured(step)) await performOperation(step, context, startOf(step));
      else if (step.operation !== 'parallel')
        throw new Error(`an unchecked scenario has ${step.operation} in a branch`);
      // Several devices in one branch: what begins it begins with the other branches, too.
      else if (step === first) await Promise.all(step.branches.map(performBranch));
      else await performBranches(step, context);
    }
  };
  await Promise.all(parallel.branches.map(performBranch));
}

/** The operations with which the branches begin, if they begin with one, and how long each waits before, in milliseconds. */
function firstOf({ branches }: ParallelStep, beforeMs = 0): ReadonlyMap<MeasuredStep, number> {
  return new Map(
    branches.flatMap((steps): readonly (readonly [MeasuredStep, number])[] => {
      const { waitMs, first } = leadOf(steps);
      if (first?.operation === 'parallel') return [...firstOf(first, beforeMs + waitMs)];
      return first ? [[first, beforeMs + waitMs]] : [];
    }),
  );
}

/** A branch without the waits at its head, where they are for an operation or for parallel ones. */
interface Lead {
  readonly waitMs: number;
  readonly first?: MeasuredStep | ParallelStep;
  readonly following: readonly Step[];
}

function leadOf(steps: readonly Step[]): Lead {
  let waitMs = 0;
  for (const [index, step] of steps.entries()) {
    if (step.operation === 'wait' && 'waitMs' in step) waitMs += step.waitMs;
    else if (isMeasured(step) || step.operation === 'parallel')
      return { waitMs, first: step, following: steps.slice(index) };
    else break;
  }
  return { waitMs: 0, following: steps };
}

function isMeasured(step: Step): step is MeasuredStep {
  return step.operation === 'plug' || step.operation === 'unplug';
}

/** When an operation that is prepared begins: so many milliseconds after all that begin with it are prepared, too. */
interface Start {
  readonly together: () => Promise<void>;
  readonly afterMs: number;
}

const alone: Start = { together: async () => {}, afterMs: 0 };

/** Resolves for all when it has been called so often. */
function barrier(times: number): () => Promise<void> {
  let missing = times;
  let open: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return all;
  };
}

/** Tries the operation, or records why it is not tried. */
async function performOperation(step: MeasuredStep, context: StepContext, { together, afterMs }: Start): Promise<void> {
  const { recorder, signal, machine, factory, note, broken } = context;
  const { operation, plugged } = factory(step);
  const session = machine();
  // What happens while it rests is seen by nobody else.
  if (session && !obstacleTo(operation, context)) await letSettle(session);
  const obstacle = obstacleTo(operation, context);
  if (obstacle || !session) {
    skip(recorder, operation, obstacle ?? { reason: 'no-machine', detail: 'there is no machine' });
    if (obstacle?.ended !== undefined) note(operation, obstacle.ended);
    // Those that begin with it are not to wait for what is not tried.
    together();
    return;
  }
  const over = new AbortController();
  const start = async () => {
    await together();
    await pause(afterMs, context, over.signal);
    const late = afterMs > 0 && !over.signal.aborted ? broken() : undefined;
    // After a failure that is expected it would have to be expected itself, which has been recorded otherwise by now.
    if (!late || late.reason === 'expected-failure') return;
    const { reason, detail } = late;
    recorder.record({ source: 'harness', event: 'give-up', ...of(operation), reason, detail });
  };
  const act = step.operation === 'plug' ? plug : unplug;
  const outcome = await act({ recorder, session, signal }, operation, plugged, start);
  over.abort();
  note(operation, outcome);
}

interface Obstacle extends Broken {
  /** Present when the machine has ended between two operations: how. */
  readonly ended?: Outcome;
}

/** Why an operation cannot be tried. */
function obstacleTo(operation: Operation, { broken, recorder, signal }: StepContext): Obstacle | undefined {
  const before = broken();
  if (before) return before;
  const end = machineEnd(operation, recorder.events);
  if (end) {
    const reason = end.outcome === 'guest-panic' ? 'guest-panic' : 'no-machine';
    return { reason, detail: `between two operations: ${end.detail}`, ended: end.outcome };
  }
  return signal.aborted ? { reason: 'interrupted', detail: 'the run was interrupted' } : undefined;
}

async function wait(step: WaitStep, context: StepContext): Promise<void> {
  const { machine, signal, broken, breakWith, recorder, savedLog } = context;
  if (broken()) return;
  if ('waitMs' in step) {
    await pause(step.waitMs, context);
    return;
  }
  const session = machine();
  if (!session) return;
  if (await waitForLog(session, recorder, step, signal, savedLog)) return;
  const detail = `within ${step.timeoutMs} ms the guest's kernel log had no line with ${JSON.stringify(step.until)}`;
  breakWith(detail);
}

/**
 * Lets time pass in the guest. An interrupt ends it, and is dealt with where the next step would begin.
 *
 * @param over ends it, too
 */
async function pause(durationMs: number, { machine, signal }: StepContext, over?: AbortSignal): Promise<void> {
  const session = machine();
  if (durationMs === 0) return;
  const ends = AbortSignal.any([signal, ...(over ? [over] : [])]);
  await (session?.clock === 'virtual'
    ? session.rest(durationMs)
    : delay(durationMs, undefined, { signal: ends }).catch(() => undefined));
}

/** An inspection is no operation: one that fails is a fact that is not known. But it has to leave the guest as it was. */
async function inspect({ devices }: InspectStep, { machine, broken, breakWith, placeOf }: StepContext): Promise<void> {
  const session = machine();
  if (!session || broken()) return;
  const changed = await inspectIommuGroups(
    session,
    devices.map(({ slot }) => placeOf(slot)),
  );
  if (changed !== undefined) breakWith(`after the inspection: ${changed}`);
}
