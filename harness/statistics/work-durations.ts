import { median } from 'simple-statistics';
import { type Phase, type Sample, UNATTRIBUTED } from '../vocabulary.ts';
import type { ByBoot } from './by-boot.ts';
import type { ComparedMetric } from './comparison.ts';
import { groupBy, groupSamples } from './groups.ts';

/**
 * All of an operation's work in the guest, whatever it is called: a kernel whose log says less of it, or the same otherwise,
 * moves work from one phase to another or to none, and this stays.
 */
export const ALL_WORK = 'all work';

/** As the phase tables call it. */
const QUEUE_WAIT = 'queue-wait';
/** On this clock the guest's; runs from before December 2026 say that it is the host's, as it is on the real one. */
const NOTIFY = 'notify';

/** Work in the guest of one sample, by phase, in milliseconds. */
interface WorkOfSample {
  /** Place in a burst, where the first device never waits for another and the last one always does. */
  readonly position: string;
  readonly durationsMs: ReadonlyMap<string, number>;
}

/** Work of one operation of a variant in one run. */
export interface OperationWork {
  readonly metric: ComparedMetric;
  /** Whether it overlapped with others of its kind. */
  readonly isBurst: boolean;
  /** Good samples only. */
  readonly boots: readonly (readonly WorkOfSample[])[];
  /** Names of the sleeps: where a kernel's log does not tell one of them any more, it would pass for work. */
  readonly sleeps: string;
}

/** Of every operation in virtual time. Boot 0, which only makes the snapshot from which the others start, is left out. */
export function workOf(samples: readonly Sample[]): ReadonlyMap<string, OperationWork> {
  const groups = groupSamples(samples.filter(({ clock, boot }) => clock === 'virtual' && boot > 0));
  return new Map(
    groups.map(({ device, samples: own }) => {
      const { scenario, variant, operation } = own[0] as Sample;
      const metric = { scenario, variant, operation, ...(device !== undefined && { deviceId: device }) };
      const good = own.filter((sample) => sample.outcome === 'ok');
      const sleeps = new Set(good.flatMap(({ phases }) => phases.filter(isSleep).map(({ name }) => name)));
      // Several runs may be the base: a boot is one of its run.
      const byBoot = groupBy(good, ({ runId, boot }) => JSON.stringify([runId, boot]));
      const boots = [...byBoot.values()].map((boot) =>
        boot.map((sample) => ({ position: sample.deviceId ?? '', durationsMs: durationsOf(sample) })),
      );
      const isBurst = good.some(({ burst }) => burst !== undefined);
      return [workKey(metric), { metric, isBurst, boots, sleeps: [...sleeps].toSorted().join(' ') }];
    }),
  );
}

/** Tells metrics apart within one run. */
export function workKey({ scenario, variant, operation, deviceId }: ComparedMetric): string {
  return JSON.stringify([scenario, variant, operation, deviceId ?? '']);
}

/** The phases of work that any sample has, and `ALL_WORK`. */
export function phasesOf({ boots }: OperationWork): ReadonlySet<string> {
  return new Set(boots.flat().flatMap(({ durationsMs }) => [...durationsMs.keys()]));
}

/** Durations of the phases together in both runs; a phase that a sample lacks took no time in it. */
export function durationsTogether(
  before: OperationWork,
  after: OperationWork,
  phases: readonly string[],
): readonly [base: ByBoot, current: ByBoot] {
  const timesOf = ({ boots }: OperationWork) =>
    boots.map((boot) =>
      boot.map(({ position, durationsMs }) => ({
        position,
        durationMs: phases.reduce((sum, phase) => sum + (durationsMs.get(phase) ?? 0), 0),
      })),
    );
  const sides = [timesOf(before), timesOf(after)] as const;
  const all = sides.flat(2);
  const centreMs = median(all.map(({ durationMs }) => durationMs));
  const atPosition = new Map(
    [...groupBy(all, ({ position }) => position)].map(([position, own]) => [
      position,
      median(own.map(({ durationMs }) => durationMs)),
    ]),
  );
  // What is always so at a place of a burst is no scatter: each place is taken about its own median, that of both runs.
  const [base, current] = sides.map((side) =>
    side.map((boot) =>
      boot.map(({ position, durationMs }) => centreMs + durationMs - (atPosition.get(position) ?? centreMs)),
    ),
  );
  return [base as ByBoot, current as ByBoot];
}

function isSleep({ kind }: Phase): boolean {
  return kind === 'fixed-wait';
}

/**
 * A sleep is what the kernel's timers make of it, the host's work has no virtual time, and waiting for another operation is
 * that one's work. Of a boot only the sum: there is one sample in each, and its last part, of a millisecond, differs by 1.4 %.
 */
function durationsOf({ operation, phases }: Sample): ReadonlyMap<string, number> {
  const durations = new Map<string, number>([[ALL_WORK, 0]]);
  for (const { name, kind, durationMs } of phases) {
    if (name === QUEUE_WAIT || (kind !== 'guest' && name !== UNATTRIBUTED && name !== NOTIFY)) continue;
    durations.set(ALL_WORK, (durations.get(ALL_WORK) ?? 0) + durationMs);
    if (operation !== 'boot') durations.set(name, (durations.get(name) ?? 0) + durationMs);
  }
  return durations;
}
