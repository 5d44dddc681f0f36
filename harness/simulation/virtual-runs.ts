import { seededRandom } from '../statistics/seeded-random.ts';
import { judgeWork, type PhaseVerdict } from '../statistics/virtual-gate.ts';
import { goodSample } from '../timeline/test-sample.ts';
import type { GoodSample } from '../vocabulary.ts';
import { normalNumbers } from './noise.ts';

/** What a bisection looks for. */
const ASKED_CHANGE = 0.03;

/** Durations of work as a small guest has them, in milliseconds (docs/virtual-time.md). */
const OPERATIONS = {
  plug: { 'power-on': 0.09, enumeration: 0.42, 'driver-probe': 2.29, 'device-node': 0.96, 'first-use': 0.06 },
  unplug: { 'power-off': 0.08, 'driver-removal': 25.8 },
} as const;

const VARIANTS = ['shpc', 'native', 'acpi', 'acpi-bridge', 'shpc-burst', 'native-burst', 'acpi-burst'] as const;
/** In one of them something changes. */
const CHANGED_VARIANT = VARIANTS[0];

/** How long an interrupt takes here; the gate's own figure is `INTERRUPT_MS`, and what guests have is up to 3 µs off. */
const INTERRUPT_MS = 0.0145;
/** Rare samples take so much of what the others take. */
const SHORT = 0.84;

/** A run in virtual time, without a change. */
export interface VirtualRun {
  readonly boots: number;
  readonly cycles: number;
  /** Standard deviations of a phase's samples, and of its boots, as shares of its duration. */
  readonly ofSamples?: number;
  readonly ofBoots?: number;
  /** Shares of samples with an interrupt in a phase, and of those that are a sixth shorter. */
  readonly interrupted?: number;
  readonly short?: number;
}

/** What is otherwise in the current run's first variant, by phase: a factor, and milliseconds. */
export type WorkChanges = Readonly<Record<string, { readonly factor?: number; readonly addedMs?: number }>>;

export interface VirtualPair {
  readonly base: VirtualRun;
  readonly current: VirtualRun;
  readonly changes: WorkChanges;
}

/** Whole comparisons, by what came out. */
export interface VirtualCounts {
  /** With any phase `regressed` or `improved` of an operation of which the work is what it was. */
  readonly falseAlarms: number;
  /** With every phase that has grown `regressed`. */
  readonly found: number;
  /** With a phase that has grown `undecided`. */
  readonly undecided: number;
}

/** Compares `pairs` pairs of runs of seven variants, as `bench compare` does. */
export function simulateVirtualPairs(pair: VirtualPair, pairs: number, seed: number): VirtualCounts {
  const random = seededRandom(seed);
  const draw: Draw = { random, normal: normalNumbers(random) };
  const counts = { falseAlarms: 0, found: 0, undecided: 0 };
  const grown = Object.keys(pair.changes).filter((phase) => (pair.changes[phase]?.factor ?? 1) > 1);
  const hasGrown = ({ variant, operation }: PhaseVerdict) =>
    variant === CHANGED_VARIANT && grown.some((phase) => phase in OPERATIONS[operation as keyof typeof OPERATIONS]);
  for (let count = 0; count < pairs; count++) {
    const { verdicts } = judgeWork(
      samplesOf(pair.base, {}, draw),
      samplesOf(pair.current, pair.changes, draw),
      ASKED_CHANGE,
    );
    const ofGrown = verdicts.filter((one) => hasGrown(one) && grown.includes(one.phase));
    const isFalse = (one: PhaseVerdict) => ['regressed', 'improved'].includes(one.verdict) && !hasGrown(one);
    if (verdicts.some(isFalse)) counts.falseAlarms += 1;
    if (grown.length > 0 && ofGrown.every(({ verdict }) => verdict === 'regressed')) counts.found += 1;
    if (ofGrown.some(({ verdict }) => verdict === 'undecided')) counts.undecided += 1;
  }
  return counts;
}

interface Draw {
  readonly random: () => number;
  readonly normal: () => number;
}

function samplesOf(run: VirtualRun, changes: WorkChanges, draw: Draw): readonly GoodSample[] {
  const boots = Array.from({ length: run.boots }, (_, index) => index + 1);
  const cycles = Array.from({ length: run.cycles }, (_, index) => index + 1);
  return VARIANTS.flatMap((variant) =>
    boots.flatMap((boot) =>
      Object.entries(OPERATIONS).flatMap(([operation, durationsMs]) => {
        const ofBoot = Object.entries(durationsMs).map(([phase, durationMs]) => {
          const { factor = 1, addedMs = 0 } = (variant === CHANGED_VARIANT && changes[phase]) || {};
          return [phase, (durationMs * factor + addedMs) * (1 + (run.ofBoots ?? 0) * draw.normal())] as const;
        });
        return cycles.map((cycle) =>
          goodSample({
            ...{ clock: 'virtual', variant, boot, cycle, operation: operation as keyof typeof OPERATIONS },
            order: cycle,
            phases: ofBoot.map(([name, durationMs]) => ({
              ...{ name, kind: 'guest', startMs: 0 },
              durationMs: ofSample(durationMs, run, draw),
            })),
          }),
        );
      }),
    ),
  );
}

function ofSample(durationMs: number, { ofSamples = 0, interrupted = 0, short = 0 }: VirtualRun, draw: Draw): number {
  const own = durationMs * (1 + ofSamples * draw.normal()) * (draw.random() < short ? SHORT : 1);
  return asStamped(own + (draw.random() < interrupted ? INTERRUPT_MS : 0));
}

/** The kernel log's stamps are in whole microseconds. */
function asStamped(durationMs: number): number {
  return Math.round(1000 * durationMs) / 1000;
}
