import { Bench } from 'tinybench';
import { devices } from '../device/index.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import type { Result } from '../result.ts';
import type { InspectStep, MeasuredStep, Variant } from '../scenario/variant.ts';
import { type AnalysedOperation, analyse } from '../timeline/analyse.ts';
import { conclusionOf, type Outcome } from '../timeline/conclusion.ts';
import type { GivenUp, Operation, RecordedEvent } from '../timeline/recording.ts';
import type { Topology } from '../topology/topology.ts';
import { missingParameter } from './check-parameters.ts';
import { guestSlots, wrongController } from './controller.ts';
import { inspectIommuGroups } from './inspect.ts';
import { openKernelLog } from './kernel-log.ts';
import { boot, type PluggedDevice, plug, skip, unplug } from './operations.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** What a boot needs from around it. */
export interface BootContext {
  readonly planned: PlannedBoot;
  readonly topology: Topology;
  readonly recorder: Recorder;
  /** Starts the VM, stopped before its first instruction; or says why it could not. */
  readonly start: () => Promise<Result<Session, string>>;
  /** Called once for each finished operation, in order. */
  readonly onOperation: (operation: AnalysedOperation) => void;
  /** Aborted when the user wants the run to end. */
  readonly signal: AbortSignal;
}

/** Why the operations that are left in this boot are not tried. */
interface Broken {
  readonly reason: GivenUp;
  readonly detail: string;
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
  const { planned, recorder, signal } = context;
  const { variant } = planned;
  const plugged = pluggedDevices(variant, context.topology);
  let session: Session | undefined;
  let broken: Broken | undefined;
  let analysedUpTo = 0;
  let cycle = 0;

  /** Analyses the operation that has just ended, with the echoes and the journal before and after it. */
  const report = (): number => {
    const analysed = analyse(recorder.events.slice(analysedUpTo), context.topology.controller).at(-1);
    analysedUpTo = recorder.events.findLastIndex((e) => e.source === 'harness' && e.event === 'end') + 1;
    if (analysed) context.onOperation(analysed);
    return analysed?.judged.latencyMs ?? 0;
  };
  const conclude = (operation: Operation, outcome: Outcome): number => {
    if (outcome !== 'ok') {
      broken ??= {
        reason: 'earlier-failure',
        detail: `not tried: ${operation.operation} before it ended as ${outcome}`,
      };
    }
    return report();
  };
  const startAndBoot = async () => {
    const operation = bootOperation(variant);
    const { outcome, session: started } = await boot(recorder, signal, operation, context.start);
    session = started;
    conclude(operation, outcome);
    if (session && !broken) broken = await refuseWrongController(session, context.topology, plugged);
    if (session && !broken) broken = await refuseMissingParameter(session, variant);
    if (session && !broken) await openKernelLog(session);
  };
  const pass = async () => {
    cycle += 1;
    let overriddenDuration = 0;
    for (const [index, step] of variant.steps.entries()) {
      if (signal.aborted) break;
      if (step.operation === 'inspect') {
        if (session && !broken) broken = await inspect(session, step, plugged);
        continue;
      }
      const operation = stepOperation(variant, step, plugged, cycle, index + 1);
      const device = plugged.get(step.deviceId);
      const death = broken ? undefined : deathIn(operation, recorder.events);
      if (death !== undefined) {
        skip(recorder, operation, 'no-machine', `between two operations: ${death}`);
        conclude(operation, 'crashed');
        continue;
      }
      if (broken || !session || !device) {
        skip(recorder, operation, broken?.reason ?? 'no-machine', broken?.detail ?? 'there is no machine');
        report();
        continue;
      }
      const act = step.operation === 'plug' ? plug : unplug;
      overriddenDuration += conclude(operation, await act({ recorder, session, signal }, operation, device));
    }
    return { overriddenDuration };
  };
  const stop = async () => {
    const ending = session;
    session = undefined;
    await ending?.stop(broken || signal.aborted ? 'at-once' : 'orderly');
  };

  const iterations = variant.sampling.warmup + variant.sampling.cycles;
  const bench = new Bench({ time: 0, iterations, warmup: false, throws: true, setup: startAndBoot, teardown: stop });
  bench.add(variant.name, pass, { async: true });
  try {
    await bench.run();
  } finally {
    await stop();
  }
}

/** What ended the machine while no operation was waiting for anything; undefined when it still runs. */
function deathIn(operation: Operation, events: readonly RecordedEvent[]): string | undefined {
  const ends = events.filter((event) => event.source === 'console' || event.source === 'process');
  return ends.map((event) => conclusionOf(operation, event)?.detail).find((detail) => detail !== undefined);
}

async function refuseWrongController(
  session: Session,
  topology: Topology,
  plugged: ReadonlyMap<string, PluggedDevice>,
): Promise<Broken | undefined> {
  const found = await guestSlots(session);
  if (!found) return { reason: 'earlier-failure', detail: 'not tried: the guest did not list its slots' };
  const used = [...plugged.values()].map(({ slot }) => slot);
  const detail = wrongController(topology, used, found);
  return detail === undefined ? undefined : { reason: 'wrong-controller', detail };
}

async function refuseMissingParameter(session: Session, { guest }: Variant): Promise<Broken | undefined> {
  const detail = await missingParameter(session, guest.parameters);
  return detail === undefined ? undefined : { reason: 'missing-parameter', detail };
}

/** An inspection is no operation: one that fails is a fact that is not known. But it has to leave the guest as it was. */
async function inspect(
  session: Session,
  { deviceIds }: InspectStep,
  plugged: ReadonlyMap<string, PluggedDevice>,
): Promise<Broken | undefined> {
  const places = deviceIds.flatMap((id) => plugged.get(id)?.slot.place ?? []);
  const changed = await inspectIommuGroups(session, places);
  if (changed === undefined) return undefined;
  return { reason: 'earlier-failure', detail: `not tried after the inspection: ${changed}` };
}

/** Every device of the sequence by its id. */
function pluggedDevices(variant: Variant, topology: Topology): ReadonlyMap<string, PluggedDevice> {
  const slots = topology.slots(variant.topologyOptions);
  return new Map(
    variant.steps.flatMap((step) => {
      if (step.operation !== 'plug') return [];
      const device = devices.get(step.device);
      const slot = slots[step.slot];
      if (!device || !slot) throw new Error(`an unchecked scenario reached the run: ${step.deviceId}`);
      return [[step.deviceId, { device, deviceId: step.deviceId, options: step.options, slot }] as const];
    }),
  );
}

function bootOperation({ timeouts }: Variant): Operation {
  return { operation: 'boot', cycle: 0, warmup: false, sequence: 0, timeoutMs: timeouts.bootMs };
}

function stepOperation(
  { sampling, timeouts }: Variant,
  step: MeasuredStep,
  plugged: ReadonlyMap<string, PluggedDevice>,
  cycle: number,
  sequence: number,
): Operation {
  const place = plugged.get(step.deviceId)?.slot.place;
  return {
    operation: step.operation,
    cycle,
    warmup: cycle <= sampling.warmup,
    sequence,
    device: step.device,
    deviceId: step.deviceId,
    ...(place === undefined ? {} : { place }),
    timeoutMs: step.operation === 'plug' ? timeouts.plugMs : timeouts.unplugMs,
  };
}
