import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BootFacts, bootFacts } from '../findings/boot-facts.ts';
import { readHostMoment } from '../host/host-moment.ts';
import { hostUse } from '../host/host-use.ts';
import { slotRestMs } from '../machine/topology/machine-type.ts';
import { machineSpec, type ReadyVariant } from '../plan/ready-variant.ts';
import { bootName, type PlannedBoot } from '../plan/schedule.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import type { RunDirectory } from '../record/run-directory.ts';
import type { BootReport } from '../record/run-state.ts';
import { bootReport } from '../record/run-state.ts';
import { fail, ok } from '../result.ts';
import { devicesToUse } from '../scenario/step/walk-steps.ts';
import { analyse } from '../timeline/analyse.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import { guestRelease, sampleOf } from '../timeline/samples-of.ts';
import { untilUsableOf } from '../timeline/until-usable.ts';
import type { Sample } from '../vocabulary.ts';
import { bootAndSave, runBoot } from './boot/boot.ts';
import type { BootContext } from './boot/boot-in-progress.ts';
import type { Saved } from './boot/snapshot.ts';
import type { Lane } from './lanes.ts';
import { SAVED_GUESTS } from './saved-guests.ts';
import { openRecorder } from './session/recorder.ts';
import { pinned, startSession } from './session/start-session.ts';

/** Where a boot is performed, and what takes in what it gives. */
export interface BootSurroundings {
  readonly directory: RunDirectory;
  readonly registry: ProcessRegistry;
  readonly signal: AbortSignal;
  readonly lane: Lane;
  /** Called for each sample; the order it is given is its place in the run. */
  readonly onSample: (sample: Sample) => void;
  readonly nextOrder: () => number;
}

/** What is known of a boot when it has ended. */
export interface PerformedBoot {
  readonly report: BootReport;
  readonly found: BootFacts;
}

/** A process that does nothing but count. */
const BUSY = { command: 'sh', args: ['-c', 'while :; do :; done'] };

/** One VM life, from its process to its last row. `snapshot` is what it begins with, for a variant that wants one. */
export function performBoot(
  surroundings: BootSurroundings,
  ready: ReadyVariant,
  planned: PlannedBoot,
  snapshot: Saved | undefined,
): Promise<PerformedBoot> {
  const start = snapshot === undefined ? {} : { snapshot };
  return recorded(surroundings, ready, planned, snapshot !== undefined, async (context) => {
    await runBoot({ ...context, ...start });
    return {};
  });
}

/** The boot that is saved for the others of a variant; number 0 among them. */
export async function performSavedBoot(
  surroundings: BootSurroundings,
  ready: ReadyVariant,
  planned: PlannedBoot,
): Promise<PerformedBoot & { readonly snapshot: Saved }> {
  const { directory, registry } = surroundings;
  const file = join(directory.path, SAVED_GUESTS, bootName(planned));
  await mkdir(dirname(file), { recursive: true });
  const place = { file, directory: await registry.socketDirectory('snapshot') };
  return recorded(surroundings, ready, planned, false, async (context) => ({
    snapshot: await bootAndSave(context, place),
  }));
}

/** Takes away what is left of saved guests, also those of an earlier start of the run. */
export async function removeSavedGuests({ path }: RunDirectory): Promise<void> {
  await rm(join(path, SAVED_GUESTS), { recursive: true, force: true });
}

async function recorded<Found>(
  { directory: { path, runId }, registry, signal, lane, onSample, nextOrder }: BootSurroundings,
  ready: ReadyVariant,
  planned: PlannedBoot,
  incoming: boolean,
  run: (context: BootContext) => Promise<Found>,
): Promise<PerformedBoot & Found> {
  const { variant, guest, accelerator, qemu } = ready;
  const spec = machineSpec(ready);
  const { topology } = spec;
  const name = bootName(planned);
  const startedAt = new Date();
  const before = readHostMoment();
  const originNs = process.hrtime.bigint();
  const identity = {
    runId,
    scenario: variant.scenario,
    variant: variant.name,
    topology: topology.name,
    controller: topology.controller,
    accelerator: accelerator.used,
    clock: variant.clock,
    boot: planned.boot,
    bootMode: incoming ? 'snapshot' : 'fresh',
    jobs: lane.jobs,
  } as const;
  // The boot that is saved for others plugs nothing.
  const untilUsable = variant.until && planned.boot > 0 ? devicesToUse(variant) : undefined;
  const whole = untilUsable !== undefined && { untilUsable };
  const header = { recording: 1, ...identity, ...whole, startedAt: startedAt.toISOString() } as const;
  const recorder = openRecorder(join(path, 'recording', `${name}.jsonl`), header, originNs);
  const logDirectory = join(path, 'logs', name);
  const place = {
    registry,
    qemu,
    logDirectory,
    incoming,
    ...(lane.cpuList !== undefined && { cpuList: lane.cpuList }),
  };
  const more = await run({
    planned,
    topology,
    slotRestMs: slotRestMs(spec.qemuRelease, topology),
    recorder,
    signal,
    start: () => startSession(spec, place, recorder),
    startHostLoad: async () => {
      const started = await registry.start(pinned(BUSY.command, BUSY.args, lane.cpuList));
      return started.ok ? ok(started.value) : fail(started.failure.message);
    },
    onOperation: (operation) => {
      const kernel = guestRelease(recorder.events) ?? guest.release;
      onSample(sampleOf({ ...identity, kernel }, operation, startedAt, nextOrder()));
    },
  });
  const kernelRelease = guestRelease(recorder.events) ?? guest.release;
  if (untilUsable !== undefined) {
    const operations = analyse(recorder.events, topology.controller, variant.clock);
    const operation = untilUsableOf(recorder.events, operations, untilUsable);
    if (operation) onSample(sampleOf({ ...identity, kernel: kernelRelease }, operation, startedAt, nextOrder()));
  }
  const { otherCpus, ...use } = hostUse(before, readHostMoment());
  // Of machines that run side by side, the others have not ended, and what they use seems to be somebody else's.
  const others = lane.jobs === 1 && otherCpus !== undefined ? { otherCpus } : {};
  recorder.record({ source: 'harness', event: 'host-use', ...use, ...others });
  recorder.close();
  await writeQmpLog(join(logDirectory, 'qmp.jsonl'), recorder.events);
  const { events } = recorder;
  return { report: bootReport(name, identity, events), found: bootFacts(identity, events), ...more };
}

/** The QMP traffic on its own, a JSON object a line, for people who look into one boot. */
export async function writeQmpLog(file: string, events: readonly RecordedEvent[]): Promise<void> {
  const lines = events.flatMap((event) => {
    if (event.source !== 'qmp') return [];
    const { atMs, direction, message } = event;
    return [`${JSON.stringify({ atMs, direction, message })}\n`];
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, lines.join(''));
}
