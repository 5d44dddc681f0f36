import { setTimeout as delay } from 'node:timers/promises';
import type { Result } from '../result.ts';
import type { InspectStep, MeasuredStep, ParallelStep, Step, WaitStep } from '../scenario/variant.ts';
import { conclusionOf, type Outcome } from '../timeline/conclusion.ts';
import type { Operation, RecordedEvent } from '../timeline/recording.ts';
import type { Broken } from './broken.ts';
import { inspectIommuGroups } from './inspect.ts';
import { keepBusy } from './load.ts';
import { observe } from './observe.ts';
import type { StepOperation } from './operation-factory.ts';
import { plug, SETTLE_MS, skip, unplug } from './operations.ts';
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
  readonly startHostLoad: () => Promise<Result<{ kill(): Promise<unknown> }, string>>;
  /** Why nothing more is tried; undefined while all is well. */
  readonly broken: () => Broken | undefined;
  readonly breakWith: (reason: Broken) => void;
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
 * All branches begin at the same time: what begins a branch waits until the others are prepared too. What fails in one
 * ends all that is left in every one of them.
 */
async function performBranches(parallel: ParallelStep, context: StepContext): Promise<void> {
  const first = firstOf(parallel);
  const together = barrier(first.length);
  const performBranch = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps) {
      if (step.operation === 'wait') await wait(step, context);
      else if (isMeasured(step)) await performOperation(step, context, first.includes(step) ? together : alone);
      else if (step.operation !== 'parallel')
        throw new Error(`an unchecked scenario has ${step.operation} in a branch`);
      // Several devices in one branch: what begins it begins with the other branches, too.
      else if (firstOf(step).some((one) => first.includes(one))) await Promise.all(step.branches.map(performBranch));
      else await performBranches(step, context);
    }
  };
  await Promise.all(parallel.branches.map(performBranch));
}

/** The operations with which the branches begin, if they begin with one. */
function firstOf({ branches }: ParallelStep): readonly MeasuredStep[] {
  return branches.flatMap(([step]) => {
    if (step?.operation === 'parallel') return firstOf(step);
    return step && isMeasured(step) ? [step] : [];
  });
}

function isMeasured(step: Step): step is MeasuredStep {
  return step.operation === 'plug' || step.operation === 'unplug';
}

const alone = async () => {};

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
async function performOperation(
  step: MeasuredStep,
  context: StepContext,
  together: () => Promise<unknown>,
): Promise<void> {
  const { recorder, signal, broken, machine, factory, note } = context;
  const { operation, plugged } = factory(step);
  const reason = broken();
  const death = reason ? undefined : deathIn(operation, recorder.events);
  const session = machine();
  if (death !== undefined) {
    skip(recorder, operation, 'no-machine', `between two operations: ${death}`);
    note(operation, 'crashed');
  } else if (signal.aborted) {
    skip(recorder, operation, 'interrupted', 'the run was interrupted');
  } else if (reason || !session) {
    const expected = reason?.reason === 'expected-failure' ? { expected: ['aborted'] as const } : {};
    const { reason: why, detail } = reason ?? { reason: 'no-machine', detail: 'there is no machine' };
    skip(recorder, { ...operation, ...expected }, why, detail);
  } else {
    await session.rest(SETTLE_MS);
    const act = step.operation === 'plug' ? plug : unplug;
    note(operation, await act({ recorder, session, signal }, operation, plugged, together));
    return;
  }
  // Those that begin with it are not to wait for what is not tried.
  together();
}

/** What ended the machine while no operation was waiting for anything; undefined when it still runs. */
function deathIn(operation: Operation, events: readonly RecordedEvent[]): string | undefined {
  const ends = events.filter((event) => event.source === 'console' || event.source === 'process');
  return ends.map((event) => conclusionOf(operation, event)?.detail).find((detail) => detail !== undefined);
}

async function wait(step: WaitStep, { machine, signal, broken, breakWith, recorder }: StepContext): Promise<void> {
  if (broken()) return;
  if ('waitMs' in step) {
    // An interrupt ends the wait, and is dealt with where the next step would begin.
    const session = machine();
    await (session?.clock === 'virtual'
      ? session.rest(step.waitMs)
      : delay(step.waitMs, undefined, { signal }).catch(() => undefined));
    return;
  }
  const session = machine();
  if (!session) return;
  if (await waitForLog(session, recorder, step, signal)) return;
  const detail = `not tried: within ${step.timeoutMs} ms the guest's kernel log had no line with ${JSON.stringify(step.until)}`;
  breakWith({ reason: 'earlier-failure', detail });
}

/** An inspection is no operation: one that fails is a fact that is not known. But it has to leave the guest as it was. */
async function inspect({ devices }: InspectStep, { machine, broken, breakWith, placeOf }: StepContext): Promise<void> {
  const session = machine();
  if (!session || broken()) return;
  const changed = await inspectIommuGroups(
    session,
    devices.map(({ slot }) => placeOf(slot)),
  );
  if (changed !== undefined)
    breakWith({ reason: 'earlier-failure', detail: `not tried after the inspection: ${changed}` });
}
