import { Bench } from 'tinybench';
import { residentMiB } from '../../host/resident-memory.ts';
import { processStart } from '../../timeline/recording.ts';
import { alignClocks, observe, observeBoot } from '../session/observe.ts';
import {
  type BootContext,
  type BootInProgress,
  beginBoot,
  breakBoot,
  kernelLogOf,
  noteOutcome,
  reportEnded,
} from './boot-in-progress.ts';
import { bootMachine, continueMachine } from './boot-machine.ts';
import { wrongBetween } from './look-back.ts';
import { meetGuest } from './meet-guest.ts';
import { type Broken, skip } from './operation.ts';
import { performSteps } from './perform-steps.ts';
import { restoreInto, type Saved, type SavePlace, saveFrom } from './snapshot.ts';

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
  const boot = beginBoot(context);
  const { variant, signal } = boot;
  const bench = new Bench({
    time: 0,
    iterations: variant.sampling.warmup + variant.sampling.cycles,
    warmup: false,
    throws: true,
    setup: () => bringUp(boot),
    teardown: async () => {
      if (!signal.aborted) await lookBack(boot);
      await stopMachine(boot, signal.aborted ? 'at-once' : 'orderly');
    },
  });
  bench.add(variant.name, async () => ({ overriddenDuration: await performPass(boot) }), { async: true });
  try {
    await bench.run();
  } finally {
    await stopMachine(boot, 'at-once');
  }
}

/**
 * A boot whose only purpose is to be saved: the guest as it is when it is ready, with its kernel log switched on. It is
 * recorded as a boot like any other.
 */
export async function bootAndSave(context: BootContext, place: SavePlace): Promise<Saved> {
  const boot = beginBoot(context);
  try {
    // What is plugged when the guest is ready is plugged into the restored ones.
    await bringUp(boot, () => []);
    return await save(boot, place);
  } finally {
    await stopMachine(boot, 'at-once');
  }
}

/** Gets the guest going, and finds out whether it is what the variant promises. */
async function bringUp(boot: BootInProgress, due = boot.operations.bootPlugs): Promise<void> {
  const { recorder, signal, operations, restored, snapshot } = boot;
  const operation = operations.boot(snapshot ? 'snapshot' : 'fresh');
  const started = operations.started(snapshot ? 'snapshot' : 'fresh');
  const plugs = due();
  if (snapshot && 'unavailable' in snapshot) {
    boot.broken = snapshot.unavailable;
    const all = [operation, ...[...started, ...plugs].map((one) => one.operation)];
    for (const one of all) skip(recorder, one, snapshot.unavailable);
    reportEnded(boot);
    return;
  }
  const begin = restored ? restoreInto(restored, recorder) : continueMachine;
  const booted = await bootMachine(recorder, signal, operation, boot.start, begin, { started, plugs });
  const { session } = booted;
  boot.session = session;
  boot.bootOutcome = booted.outcome;
  const withBoot = [
    ...started.map((one, index) => ({ ...one, outcome: booted.started[index] })),
    ...plugs.map((one, index) => ({ ...one, outcome: booted.plugs[index] })),
  ];
  for (const { operation: one, outcome } of withBoot) {
    if (outcome === undefined) skip(recorder, one, { reason: 'no-machine', detail: 'there is no machine' });
    else noteOutcome(boot, one, outcome);
  }
  noteOutcome(boot, operation, booted.outcome);
  if (session && booted.outcome === 'ok') await (restored ? observe(session) : observeBoot(session));
  reportEnded(boot);
  if (!session || boot.broken) return;
  if (restored) {
    if (restored.broken) breakBoot(boot, restored.broken.detail, restored.broken);
    return;
  }
  await meetGuest(boot, session, kernelLogOf(boot));
}

/** One pass of the sequence; the sum of its latencies in milliseconds. */
function performPass(boot: BootInProgress): Promise<number> {
  const { variant, slotRestMs } = boot;
  boot.cycle += 1;
  const rest = { operation: 'wait', waitMs: slotRestMs } as const;
  return performSteps(boot.cycle === 1 ? [rest, ...variant.steps] : variant.steps, boot);
}

/** Also saves a guest that is not what its variant promises: boots that start from it then end as fresh ones would. */
async function save(boot: BootInProgress, place: SavePlace): Promise<Saved> {
  const { session, bootOutcome, recorder, slots, broken } = boot;
  if (!session || bootOutcome !== 'ok')
    return unavailable(broken?.reason ?? 'no-snapshot', `boot 0 ended as ${bootOutcome}`);
  await alignClocks(session);
  const saved = await saveFrom(session, recorder, place);
  if (!saved.ok) {
    recorder.record({ source: 'harness', event: 'give-up', reason: 'no-snapshot', detail: saved.failure });
    return unavailable('no-snapshot', saved.failure);
  }
  return { ...place, kernelLog: kernelLogOf(boot), ...(slots && { slots }), ...(broken && { broken }) };
}

function unavailable(reason: Broken['reason'], why: string): Saved {
  return { unavailable: { reason, detail: `not tried: the guest of this variant could not be saved: ${why}` } };
}

/** Records what went wrong with the machine where no operation is left to say it. */
async function lookBack({ session, broken, cause, recorder }: BootInProgress): Promise<void> {
  if (!session) return;
  // An answer, or the end of a QEMU that is just dying, is then in the recording.
  const answered = broken ? true : (await session.ask('rest', { us: '0' })) !== undefined;
  const { events } = recorder;
  const isTold = events.slice(cause?.at).some((event) => event.source === 'harness' && event.event === 'begin');
  const untold = isTold ? undefined : cause?.why;
  const silent = answered ? undefined : 'after the last operation: the guest no longer answers';
  const detail = broken ? untold : (wrongBetween(events) ?? silent);
  if (detail !== undefined) recorder.record({ source: 'harness', event: 'give-up', reason: 'earlier-failure', detail });
}

/** What QEMU takes of the host's memory when all has been done that there was to do. */
function recordMemory({ recorder }: BootInProgress): void {
  const started = processStart(recorder.events);
  const taken = started && residentMiB(started.pid);
  if (taken !== undefined) recorder.record({ source: 'harness', event: 'memory', residentMiB: taken });
}

async function stopMachine(boot: BootInProgress, how: 'orderly' | 'at-once'): Promise<void> {
  const ending = boot.session;
  if (ending) recordMemory(boot);
  boot.session = undefined;
  await ending?.stop(boot.broken ? 'at-once' : how);
}
