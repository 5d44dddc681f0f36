import { groupBy } from '../../harness/statistics/groups.ts';
import type { Sample } from '../../harness/vocabulary.ts';
import { operationName } from '../words.ts';

/** A stretch of time in nanoseconds since 1970, exact: what a timeline viewer nests has to end where its parent ends. */
export interface Span {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

interface PhaseSpan extends Span {
  readonly name: string;
  readonly kind: string;
}

/** An operation on a timeline. One that did not end as it should has no length that would mean anything, and no phases. */
export interface OperationSpan extends Span {
  /** `plug disk0`, `boot, restored`. */
  readonly name: string;
  readonly sample: Sample;
  /** From 0: operations of one lane do not overlap. */
  readonly lane: number;
  readonly phases: readonly PhaseSpan[];
}

/** One boot with everything that was done in it, in order of time. */
export interface BootTimeline extends Span {
  /** Scenario, variant and number, and what is unusual about the boot. */
  readonly name: string;
  /** Of one of its samples: they agree in what they say of their boot. */
  readonly boot: Sample;
  readonly operations: readonly OperationSpan[];
}

/**
 * The boots of a run on the host's wall clock. Within a boot, times are those of its own clock, exact to the nanosecond; where the
 * boot lies is known to the millisecond that `samples.csv` has. In virtual time a boot is drawn from where it began on the host's
 * clock, as long as it took on its own.
 */
export function bootTimelines(samples: readonly Sample[]): readonly BootTimeline[] {
  const boots = groupBy(samples, bootOf);
  return [...boots.values()].flatMap((own) => {
    const operations = inLanes(own);
    const [first] = operations;
    const [last] = operations.toSorted((a, b) => Number(b.endNs - a.endNs));
    if (!first || !last) return [];
    const { startNs, sample } = first;
    return [{ name: nameOf(sample), boot: sample, operations, startNs, endNs: last.endNs }];
  });
}

function bootOf({ scenario, variant, bootMode, boot }: Sample): string {
  return JSON.stringify([scenario, variant, bootMode, boot]);
}

function nameOf({ scenario, variant, bootMode, boot, clock }: Sample): string {
  const notes = [...(bootMode === 'snapshot' ? ['restored'] : []), ...(clock === 'virtual' ? ['virtual time'] : [])];
  return `${scenario}/${variant} boot ${boot}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

/** Each operation into the first lane that is free. */
function inLanes(samples: readonly Sample[]): readonly OperationSpan[] {
  const startOf = startsOf(samples);
  const ends: bigint[] = [];
  return samples
    .map((sample) => ({ sample, startNs: startOf(sample) }))
    .sort((a, b) => Number(a.startNs - b.startNs) || a.sample.order - b.sample.order)
    .map(({ sample, startNs }) => {
      const endNs = startNs + ns(sample.latencyMs ?? sample.refusedAfterMs ?? 0);
      const free = ends.findIndex((end) => end <= startNs);
      const lane = free >= 0 ? free : ends.length;
      ends[lane] = endNs;
      return { name: operationNameOf(sample), sample, startNs, endNs, lane, phases: phasesOf(sample, startNs, endNs) };
    });
}

function operationNameOf({ operation, deviceId, bootMode }: Sample): string {
  return operationName({ operation, ...(deviceId !== '' && { device: deviceId }), bootMode });
}

/** The last phase ends where its operation does: both were rounded. */
function phasesOf({ phases }: Sample, operationNs: bigint, endNs: bigint): readonly PhaseSpan[] {
  const edges = phases.map(({ startMs }) => operationNs + ns(startMs));
  return phases.map(({ name, kind }, index) => ({
    ...{ name, kind },
    startNs: edges[index] ?? operationNs,
    endNs: edges[index + 1] ?? endNs,
  }));
}

/** Runs of older versions have no `start_ms`: they are placed by the millisecond in which an operation began. */
function startsOf(samples: readonly Sample[]): (sample: Sample) => bigint {
  const isPlaced = samples.some(({ startMs }) => startMs !== 0);
  const first = samples.toSorted((a, b) => a.startMs - b.startMs || a.order - b.order)[0];
  if (!isPlaced || !first) return ({ startedAt }) => wallNs(startedAt);
  const zeroNs = wallNs(first.startedAt) - ns(first.startMs);
  return ({ startMs }) => zeroNs + ns(startMs);
}

function wallNs(at: Date): bigint {
  return BigInt(at.getTime()) * 1_000_000n;
}

function ns(valueMs: number): bigint {
  return BigInt(Math.round(valueMs * 1e6));
}
