import type { FixedWait } from '../drivers/driver.ts';
import { drivers } from '../drivers/index.ts';
import { topologyOf } from '../machine/topology/index.ts';
import type { BootPlug, MeasuredStep, Step, Variant } from '../variant.ts';
import type { KernelChoice } from '../versions/guest-kernel.ts';
import { WHEEL_STEP_MS } from './press-delay.ts';
import type { PlannedBoot } from './schedule.ts';

/** A part of a plan: the `index`-th, from 1, of so many. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** As it is written on the command line: `2/3`. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Boots that have to be in the same shard. */
interface Unit {
  readonly boots: readonly PlannedBoot[];
  readonly ms: number;
}

/**
 * The boots of one shard, in the order of the plan. Each goes, the longest first, to the shard that has least to do
 * (Graham 1969, SIAM J. Appl. Math. 17: at the most a third longer than the best there is). It is the same on every host,
 * because nothing of the host is in the estimate. Boots that are restored from one saved guest stay together: each part
 * would otherwise have a saved guest of its own.
 */
export function bootsOfShard(
  boots: readonly PlannedBoot[],
  { index, of }: Shard,
  estimate: (variant: Variant) => number = estimateBootMs,
): readonly PlannedBoot[] {
  const loads = Array.from({ length: of }, () => 0);
  const own = new Set<PlannedBoot>();
  // toSorted() keeps the plan's order among those that take equally long.
  for (const unit of units(boots, estimate).toSorted((a, b) => b.ms - a.ms)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + unit.ms;
    if (least === index - 1) for (const boot of unit.boots) own.add(boot);
  }
  return boots.filter((boot) => own.has(boot));
}

function units(boots: readonly PlannedBoot[], estimate: (variant: Variant) => number): readonly Unit[] {
  const variants = [...new Set(boots.map(({ variant }) => variant))];
  const estimates = new Map(variants.map((variant) => [variant, estimate(variant)]));
  const seen = new Set<Variant>();
  return boots.flatMap((planned) => {
    const { variant } = planned;
    const ms = estimates.get(variant) ?? 0;
    if (variant.bootMode !== 'snapshot') return [{ boots: [planned], ms }];
    if (seen.has(variant)) return [];
    seen.add(variant);
    const together = boots.filter((other) => other.variant === variant);
    return [{ boots: together, ms: together.length * ms }];
  });
}

/**
 * How long one boot of a variant takes with everything that is done in it, in milliseconds.
 *
 * Assumption: only proportions matter, since shards are made equally long by it and nothing else. Evidence: the medians of
 * scenarios/topologies.yaml and patches.yaml under TCG on two cores. Limits: a wait for a line of the kernel log counts as
 * nothing, a busy guest as an idle one, and an operation that fails as one that does not.
 */
export function estimateBootMs(variant: Variant): number {
  const speed = variant.accelerator === 'kvm' ? KVM_SPEED : 1;
  const times = timesOf(variant, speed);
  const passes = variant.sampling.warmup + variant.sampling.cycles;
  const bootPlugs = Math.max(0, ...variant.bootPlugs.map((plug) => plug.holdMs + times.latencyMs(plug)));
  return times.bootMs + bootPlugs + passes * stepsMs(variant.steps, times);
}

interface Times {
  readonly bootMs: number;
  readonly latencyMs: (step: MeasuredStep | BootPlug) => number;
  /** By how much each further device of those that are plugged together comes later. */
  readonly queueMs: number;
}

/** From `cont` to `ready` under TCG: a generic kernel unpacks itself and probes much more than one built for the guest. */
const BOOT_MS: Readonly<Record<KernelChoice['source'], number>> = {
  stock: 5_000,
  host: 5_000,
  custom: 5_000,
  debian: 5_000,
  patched: 1_200,
  unpatched: 1_200,
};
/** To read a saved guest into a new QEMU. */
const RESTORE_MS = 100;
/** QEMU's start, the questions to the new guest, and its end. */
const AROUND_BOOT_MS = 500;
/** The delay and the quiet time before an operation; echoes and the guest's journal after it. */
const AROUND_OPERATION_MS = WHEEL_STEP_MS / 2 + 150;

/** A guess: work in the guest is several times faster under KVM, and waits are the same. */
const KVM_SPEED = 5;

function timesOf({ topology, guest, bootMode }: Variant, speed: number): Times {
  const { name, waits, workMs } = drivers[topologyOf(topology).controller];
  const waitMs = ({ parameter, usualMs }: FixedWait) => {
    const value = parameter === undefined ? undefined : guest.parameters[`${name}.${parameter}`];
    return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : usualMs;
  };
  const sumMs = (some: readonly FixedWait[]) => some.reduce((sum, wait) => sum + waitMs(wait), 0);
  return {
    bootMs: AROUND_BOOT_MS + (bootMode === 'snapshot' ? RESTORE_MS : BOOT_MS[guest.kernel.source]) / speed,
    latencyMs: ({ operation }) =>
      AROUND_OPERATION_MS + workMs[operation] / speed + sumMs(waits.filter((wait) => wait.in.includes(operation))),
    queueMs: sumMs(waits.filter(({ isOneByOne = false }) => isOneByOne)),
  };
}

function stepsMs(steps: readonly Step[], times: Times): number {
  return steps.reduce((sum, step) => sum + stepMs(step, times), 0);
}

function stepMs(step: Step, times: Times): number {
  switch (step.operation) {
    case 'plug':
    case 'unplug':
      return times.latencyMs(step);
    case 'wait':
      return 'waitMs' in step ? step.waitMs : 0;
    case 'parallel': {
      const queued = step.branches.filter(([first]) => first?.operation === 'plug').length;
      const longest = Math.max(0, ...step.branches.map((branch) => stepsMs(branch, times)));
      return longest + Math.max(0, queued - 1) * times.queueMs;
    }
    case 'load':
      return stepsMs(step.steps, times);
    case 'reset':
      return times.bootMs;
    case 'inspect':
    case 'check':
    case 'pause':
    case 'resume':
    case 'rescan':
      return 0;
  }
}
