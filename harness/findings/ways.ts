import { median } from 'simple-statistics';
import { topologies } from '../machine/topology/index.ts';
import { groupBy } from '../statistics/groups.ts';
import { clusteredMedian, medianInterval } from '../statistics/median-interval.ts';
import type { Statistic } from '../statistics/statistic.ts';
import { hasFailed, isTried } from '../statistics/tried.ts';
import type { BootMode, Sample } from '../vocabulary.ts';
import type { VariantOfFacts } from './facts.ts';

/** When a guest gets its devices: on QEMU's command line, while it boots, or by plugs when it is ready. */
type When = 'from-the-start' | 'during-the-boot' | 'when-ready' | 'mixed';

/** One way of giving a guest its devices, as the boots of one variant show it. */
export interface Way {
  readonly variant: string;
  readonly when: When;
  readonly bootMode: BootMode;
  /** Boots that were tried, and those of them that ended otherwise than the scenario accepts. */
  readonly boots: number;
  readonly failed: number;
  /** From spawning QEMU until the last device was usable, in milliseconds; absent where that never was so. */
  readonly untilUsableMs?: Statistic;
  /** The part of it after the guest was ready, which does not scatter with the boot before; absent as above. */
  readonly afterReadyMs?: Statistic;
  /** QEMU's memory in RAM at the end of a boot, the median in MiB; absent where nobody looked. */
  readonly residentMiB?: number;
}

/** The ways that were measured on one machine, those without a failure first, the soonest first. */
export interface WaysOfMachine {
  readonly scenario: string;
  readonly topology: string;
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  /** How many devices each boot waits for, and slots that the topology has for them. */
  readonly devices: number;
  readonly slots: number;
  readonly ways: readonly Way[];
}

/** What QEMU took of the host's memory in one boot. */
export interface BootMemory {
  readonly scenario: string;
  readonly variant: string;
  readonly boot: number;
  readonly residentMiB?: number | null | undefined;
}

/** Where two or more variants have the same machine and devices, and a time for the whole way: the ways side by side. */
export function waysOf(
  variants: readonly VariantOfFacts[],
  samples: readonly Sample[],
  boots: readonly BootMemory[],
): readonly WaysOfMachine[] {
  const measured = variants.flatMap((variant) => {
    const own = samples.filter(
      (sample) => sample.scenario === variant.scenario && sample.variant === variant.name && sample.boot > 0,
    );
    const taken = boots.filter(
      (one) => one.scenario === variant.scenario && one.variant === variant.name && one.boot > 0,
    );
    const way = wayOf(
      variant,
      own,
      taken.flatMap(({ residentMiB }) => residentMiB ?? []),
    );
    return way ? [{ variant, way, sample: own[0], devices: devicesOf(own) }] : [];
  });
  const alike = groupBy(measured, ({ variant, sample, devices }) =>
    JSON.stringify([
      variant.scenario,
      variant.topology,
      variant.topologyOptions,
      sample?.kernel,
      sample?.accelerator,
      devices,
    ]),
  );
  return [...alike.values()].flatMap((group): readonly WaysOfMachine[] => {
    const [first, second] = group;
    if (!first || !second) return [];
    const { scenario, topology, topologyOptions } = first.variant;
    return [
      {
        ...{ scenario, topology, topologyOptions, devices: first.devices.length },
        slots: topologies.get(topology)?.slots(topologyOptions).length ?? 0,
        ways: group.map(({ way }) => way).toSorted(bySoonest),
      },
    ];
  });
}

function wayOf({ name }: VariantOfFacts, samples: readonly Sample[], residentMiB: readonly number[]): Way | undefined {
  const whole = samples.filter(({ operation }) => operation === 'until-usable');
  const [first] = whole;
  if (!first) return undefined;
  const tried = whole.filter(isTried);
  const good = tried.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [[latencyMs]]));
  const after = tried.flatMap((way) => afterReady(way, samples));
  return {
    variant: name,
    when: whenOf(samples),
    bootMode: first.bootMode,
    boots: tried.length,
    failed: tried.filter(hasFailed).length,
    ...(good.length > 0 && { untilUsableMs: medianInterval(clusteredMedian(good)) }),
    ...(after.length > 0 && { afterReadyMs: medianInterval(clusteredMedian(after)) }),
    ...(residentMiB.length > 0 && { residentMiB: median([...residentMiB]) }),
  };
}

/** Nothing, where a boot has no end or the last device was usable before it. */
function afterReady(way: Sample, samples: readonly Sample[]): readonly (readonly [number])[] {
  const boot = samples.find((one) => one.operation === 'boot' && one.boot === way.boot);
  if (way.latencyMs === undefined || boot?.latencyMs === undefined) return [];
  const afterMs = way.startMs + way.latencyMs - (boot.startMs + boot.latencyMs);
  return afterMs > 0 ? [[afterMs]] : [];
}

function whenOf(samples: readonly Sample[]): When {
  const found = new Set(
    samples.flatMap(({ operation, offsetMs }): readonly When[] => {
      if (operation === 'start') return ['from-the-start'];
      if (operation !== 'plug') return [];
      return [offsetMs === undefined ? 'when-ready' : 'during-the-boot'];
    }),
  );
  const [only = 'mixed'] = found;
  return found.size === 1 ? only : 'mixed';
}

/** Kinds of the devices that a boot waits for, in the order of their names. */
function devicesOf(samples: readonly Sample[]): readonly string[] {
  const [first] = samples;
  return samples
    .filter(({ boot, operation }) => boot === first?.boot && (operation === 'start' || operation === 'plug'))
    .map(({ device }) => device)
    .toSorted();
}

function bySoonest(a: Way, b: Way): number {
  const ms = (way: Way) => way.untilUsableMs?.value ?? Number.POSITIVE_INFINITY;
  return Number(a.failed > 0) - Number(b.failed > 0) || ms(a) - ms(b);
}
