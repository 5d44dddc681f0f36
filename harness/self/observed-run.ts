import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootName } from '../plan/schedule.ts';
import { projectRoot } from '../project-root.ts';
import { parseRecording } from '../record/boots-on-disk.ts';
import { fail, ok, type Result } from '../result.ts';
import { bootClock } from '../timeline/clock.ts';
import { processStart, type RecordedEvent } from '../timeline/recording.ts';
import type { Figure } from './figure.ts';
import { readObservation, writeObservedQemu } from './observed-qemu.ts';
import { monotonicOf, wallClockDriftMs } from './observer-log.ts';
import {
  compare,
  type Difference,
  observedOperations,
  type RecordedOperation,
  recordedOperations,
} from './operation-differences.ts';
import { prepareSelfRun, type SelfContext } from './self-run.ts';

/** One boot, as the harness recorded it and as it was seen from outside. */
export interface ObservedBoot {
  readonly variant: string;
  readonly recorded: readonly RecordedOperation[];
  readonly differences: readonly Difference[];
  /** Arrival of the ending event less QEMU's own stamp in it, for operations whose end has one; milliseconds. */
  readonly sinceStampMs: readonly number[];
  /** The worst anchor of the boot; undefined when the guest never answered an echo. */
  readonly clockUncertaintyMs: number | undefined;
  /** How far the host's two clocks moved against each other meanwhile, and how well they were read. */
  readonly wallClockDriftMs: number;
  readonly wallClockUncertaintyMs: number;
}

interface BegunBoot {
  readonly name: string;
  readonly variant: string;
  readonly originMs: () => number;
}

/** Runs the scenario `observed` with the observer beside it. */
export async function performObservedRun(context: SelfContext): Promise<Result<readonly ObservedBoot[], string>> {
  const directory = await context.registry.socketDirectory('observer');
  const begun: BegunBoot[] = [];
  const prepared = await prepareSelfRun('observed', await writeObservedQemu(directory, context.qemu), context, (p) => {
    if (p.kind !== 'boot') return;
    context.note(`observed run: boot ${p.index + 1} of ${p.total}, ${p.planned.variant.name}`);
    // What reads the clock next is the recording: its zero.
    const originMs = nextClockReading();
    begun.push({ name: bootName(p.planned), variant: p.planned.variant.name, originMs });
  });
  if (!prepared.ok) return prepared;
  const observer = await context.registry.start({
    command: process.execPath,
    args: [join(projectRoot, 'build', 'self-observer.js'), directory],
  });
  if (!observer.ok) return fail(observer.failure.message);
  const finished = await prepared.value.perform();
  const exit = await observer.value.kill();
  if (finished.interrupted) return fail('interrupted');
  if (exit.code !== 0) return fail(`the observer ended with ${exit.signal ?? exit.code}: ${exit.stderrTail}`);

  const boots: ObservedBoot[] = [];
  for (const boot of begun) {
    const recording = parseRecording(
      await readFile(join(finished.directory, 'recording', `${boot.name}.jsonl`), 'utf8'),
    );
    if (!recording.ok) return fail(`${boot.name}: ${recording.failure}`);
    const observed = await observeBoot(directory, boot, recording.value.events);
    if (observed) boots.push(observed);
    else context.note(`observed run: the observer missed a part of ${boot.name}, which is left out`);
  }
  return ok(boots);
}

async function observeBoot(
  directory: string,
  { variant, originMs }: BegunBoot,
  events: readonly RecordedEvent[],
): Promise<ObservedBoot | undefined> {
  const started = processStart(events);
  if (!started) return undefined;
  const observation = await readObservation(directory, started.pid);
  if (!observation) return undefined;
  const { ties, trace } = observation;
  const recorded = recordedOperations(events, originMs());
  return {
    variant,
    recorded,
    differences: compare(recorded, observedOperations(trace, observation)),
    sinceStampMs: recorded.flatMap(({ arrivedMs, stampedWallMs }) =>
      stampedWallMs === undefined ? [] : [arrivedMs - monotonicOf(stampedWallMs, ...ties)],
    ),
    clockUncertaintyMs: bootClock(events)?.uncertaintyMs,
    wallClockDriftMs: wallClockDriftMs(...ties),
    wallClockUncertaintyMs: Math.max(...ties.map((tie) => tie.uncertaintyMs)),
  };
}

/**
 * What the next caller of `process.hrtime.bigint` in this process will be given, in milliseconds. A recording counts from
 * its zero and does not say where that is on the monotonic clock.
 */
function nextClockReading(): () => number {
  const read = process.hrtime.bigint;
  let reading = Number.NaN;
  process.hrtime.bigint = () => {
    process.hrtime.bigint = read;
    const atNs = read();
    reading = Number(atNs) / 1e6;
    return atNs;
  };
  return () => reading;
}

/** Recorded less observed latency, aimed at by the median. */
const DIFFERENCE_AIM_MS = 1;

/** Rows about how well latencies agree with what was seen from outside, for each variant and operation. */
export function differenceFigures(boots: readonly ObservedBoot[]): readonly Figure[] {
  const variants = [...new Set(boots.map(({ variant }) => variant))].toSorted();
  return variants.flatMap((variant) =>
    (['plug', 'unplug'] as const).flatMap((operation) => {
      const differences = boots
        .filter((boot) => boot.variant === variant)
        .flatMap((boot) => boot.differences.filter((difference) => difference.operation === operation));
      const part = (what: string, read: (difference: Difference) => number): Figure => ({
        what: `  ${what}, ms`,
        readings: differences.map(read),
        how: 'e',
      });
      return [
        {
          what: `${variant} ${operation}: recorded less observed latency, ms`,
          readings: differences.map(({ differenceMs }) => differenceMs),
          aim: DIFFERENCE_AIM_MS,
          how: 'e',
        },
        part('of it at the start: command written to read by QEMU', ({ atStartMs }) => atStartMs),
        part("of it at the end: recorded less observer's end", ({ atEndMs }) => atEndMs),
        ...(operation === 'unplug'
          ? [part("recorded less the latency by QEMU's own stamps", ({ toQemuMs }) => toQemuMs)]
          : []),
      ];
    }),
  );
}

/** Rows about the guest's clock and about how far the readings of one and the same end are apart. */
export function clockFigures(boots: readonly ObservedBoot[]): readonly Figure[] {
  const recorded = boots.flatMap((boot) => boot.recorded);
  const lateMarkersMs = (name: 'boot' | 'plug') =>
    recorded.filter(({ operation }) => operation === name).map(({ arrivedMs, endMs }) => arrivedMs - endMs);
  return [
    {
      what: "uncertainty of a boot's guest clock (its worst anchor), ms",
      readings: boots.flatMap((boot) => boot.clockUncertaintyMs ?? []),
      how: 'f',
    },
    {
      what: "uncertainty of the guest's clock at one boot or plug, ms",
      readings: recorded.flatMap((operation) => operation.clockUncertaintyMs ?? []),
      how: 'f',
    },
    { what: 'end of a boot: marker arrived less guest time aligned, ms', readings: lateMarkersMs('boot'), how: 'g' },
    { what: 'end of a plug: marker arrived less guest time aligned, ms', readings: lateMarkersMs('plug'), how: 'g' },
    {
      what: "end of an unplug: event arrived less QEMU's stamp, ms",
      readings: boots.flatMap((boot) => boot.sinceStampMs),
      how: 'g',
    },
  ];
}
