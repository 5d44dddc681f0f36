import { pressDelayMs } from '../../plan/press-delay.ts';
import { isMachineStep, measuredSteps } from '../../scenario/step/walk-steps.ts';
import type { Operation } from '../../timeline/recording.ts';
import type { MeasuredStep, ParallelStep, Step } from '../../variant.ts';
import type { Outcome } from '../../vocabulary.ts';
import { observe } from '../session/observe.ts';
import { type BootInProgress, noteOutcome, reportEnded } from './boot-in-progress.ts';
import { checkDevices } from './check-devices.ts';
import { machineEnd } from './look-back.ts';
import { performMachineStep, type Start } from './machine-steps.ts';
import { type Broken, giveUp, skip } from './operation.ts';
import { findOwnPlace } from './own-place.ts';
import { barrier, branchStart, isMeasured, type Startable, startDelays } from './parallel.ts';
import { plug, restBeforeOperation, unplug } from './plug.ts';
import { inspect, keepBusy, pause, performWait } from './unmeasured-steps.ts';

/** Performs steps one after another; the sum of their latencies in milliseconds. */
export async function performSteps(steps: readonly Step[], boot: BootInProgress): Promise<number> {
  let latencyMs = 0;
  for (const step of steps) {
    if (boot.signal.aborted) break;
    latencyMs += await performStep(step, boot);
  }
  return latencyMs;
}

async function performStep(step: Step, boot: BootInProgress): Promise<number> {
  switch (step.operation) {
    case 'plug':
    case 'unplug': {
      await delayPress(step, boot);
      await performOperation(step, boot, AT_ONCE);
      return observeAndReport(boot);
    }
    case 'parallel':
      await delayPress(step, boot);
      await performBranches(step, boot);
      return observeAndReport(boot);
    case 'wait':
      await performWait(step, boot);
      return 0;
    case 'pause':
    case 'resume':
    case 'reset':
    case 'rescan':
      await performMachineStep(step, boot, AT_ONCE);
      if (step.operation === 'resume') await observeAndReport(boot);
      return 0;
    case 'inspect':
      await inspect(step, boot);
      return 0;
    case 'check':
      await checkDevices(step, boot);
      return 0;
    case 'load': {
      const endLoad = await keepBusy(step, boot);
      try {
        return await performSteps(step.steps, boot);
      } finally {
        await endLoad();
      }
    }
  }
}

/**
 * Lets a part of a step of the guest's timer wheel pass, another before each step. What begins together is delayed together,
 * and within parallel branches there is no delay: when their operations begin is what the scenario is about.
 */
async function delayPress(step: MeasuredStep | ParallelStep, boot: BootInProgress): Promise<void> {
  const { planned, cycle, recorder, session, broken, signal } = boot;
  const [first] = measuredSteps([step]);
  if (!session || !first || broken || signal.aborted) return;
  const { sequence } = first;
  const delayMs = pressDelayMs(planned, cycle, sequence);
  recorder.record({ source: 'harness', event: 'press-delay', cycle, sequence, delayMs });
  await session.rest(delayMs);
}

/** What follows operations that ended: the clocks are aligned anew, and the guest says what it has noted. */
async function observeAndReport(boot: BootInProgress): Promise<number> {
  const { session, broken, recorder } = boot;
  // A guest that failed in an operation may still have others to account for; one that is dead answers nothing.
  const isAlive = !recorder.events.some((event) => event.source === 'process' && event.event === 'exited');
  if (session && isAlive && (!broken || broken.reason === 'expected-failure')) await observe(session);
  return reportEnded(boot);
}

/**
 * All branches begin at the same time: the first operation of each is prepared, waits until those of all branches are
 * prepared, and then for the waits at the head of its own branch. After an operation that fails, no other is begun in any
 * branch.
 */
async function performBranches(parallel: ParallelStep, boot: BootInProgress): Promise<void> {
  const delays = startDelays(parallel);
  const together = barrier(delays.keys());
  const startOf = (step: Startable): Start => {
    const afterMs = delays.get(step);
    return afterMs === undefined ? AT_ONCE : { together: () => together(step), afterMs };
  };
  const performBranch = async (branch: readonly Step[]): Promise<void> => {
    const { first, steps } = branchStart(branch);
    for (const step of steps) {
      if (step.operation === 'wait') await performWait(step, boot);
      else if (isMeasured(step)) await performOperation(step, boot, startOf(step));
      else if (isMachineStep(step)) await performMachineStep(step, boot, startOf(step));
      else if (step.operation !== 'parallel')
        throw new Error(`an unchecked scenario has ${step.operation} in a branch`);
      // Several devices in one branch: what begins it begins with the other branches, too.
      else if (step === first) await Promise.all(step.branches.map(performBranch));
      else await performBranches(step, boot);
    }
  };
  await Promise.all(parallel.branches.map(performBranch));
}

const AT_ONCE: Start = { together: async () => {}, afterMs: 0 };

/** Tries the operation, or records why it is not tried. */
async function performOperation(step: MeasuredStep, boot: BootInProgress, { together, afterMs }: Start): Promise<void> {
  const { recorder, signal, session } = boot;
  await findOwnPlace(step, boot);
  const { operation, plugged } = boot.operations.step(step, boot.cycle, boot.slots?.names);
  // The machine may end while it rests. No operation has begun then that would end by it, so it is looked for here.
  if (session && !obstacleTo(operation, boot)) await restBeforeOperation(session);
  const obstacle = obstacleTo(operation, boot);
  if (obstacle || !session) {
    skip(recorder, operation, obstacle ?? { reason: 'no-machine', detail: 'there is no machine' });
    if (obstacle?.ended !== undefined) noteOutcome(boot, operation, obstacle.ended);
    // Those that begin with it are not to wait for what is not tried.
    together();
    return;
  }
  const over = new AbortController();
  // What another step may bring to its end before this one has begun has not begun: it waits before.
  if (step.operation === 'unplug' && step.contested) {
    await together();
    await pause(afterMs, boot, over.signal);
    const late = obstacleTo(operation, boot);
    if (late) {
      skip(recorder, operation, late);
      return;
    }
  }
  const start = async () => {
    if (step.operation === 'unplug' && step.contested) return;
    await together();
    await pause(afterMs, boot, over.signal);
    const late = afterMs > 0 && !over.signal.aborted ? boot.broken : undefined;
    // After a failure that is expected this would have to be expected, too, but it has been recorded without that by now.
    if (late && late.reason !== 'expected-failure') giveUp(recorder, operation, late.reason, late.detail);
  };
  const act = step.operation === 'plug' ? plug : unplug;
  const outcome = await act({ recorder, session, signal }, operation, plugged, start);
  over.abort();
  noteOutcome(boot, operation, outcome);
}

interface Obstacle extends Broken {
  /** Present when the machine has ended between two operations: how. */
  readonly ended?: Outcome;
}

/** Why an operation cannot be tried. */
function obstacleTo(operation: Operation, { broken, recorder, signal }: BootInProgress): Obstacle | undefined {
  if (broken) return broken;
  const end = machineEnd(operation, recorder.events);
  if (end) {
    const reason = end.outcome === 'guest-panic' ? 'guest-panic' : 'no-machine';
    return { reason, detail: `between two operations: ${end.detail}`, ended: end.outcome };
  }
  return signal.aborted ? { reason: 'interrupted', detail: 'the run was interrupted' } : undefined;
}
