import type { Slot } from '../../machine/device/device.ts';
import { devices } from '../../machine/device/index.ts';
import type { Topology } from '../../machine/topology/topology.ts';
import { type PlannedBoot, placeInStretch } from '../../plan/schedule.ts';
import { measuredSteps } from '../../scenario/step/walk-steps.ts';
import { startTimeoutMs } from '../../statistics/deadline.ts';
import { seededRandom } from '../../statistics/seeded-random.ts';
import type { Operation } from '../../timeline/recording.ts';
import {
  FIRST_OWN_PLACE,
  type MeasuredStep,
  type NamedDevice,
  type OwnPlace,
  type StartedDevice,
  type Variant,
} from '../../variant.ts';
import type { BootMode, OperationName, Outcome } from '../../vocabulary.ts';
import type { DeviceOperation, DuePlug } from './boot-machine.ts';
import type { PluggedDevice } from './plug.ts';

/** Makes the operations of one boot, each with a number of its own. */
export interface OperationFactory {
  readonly boot: (mode: BootMode) => Operation;
  /** Of the devices that are there from the start. */
  readonly started: (mode: BootMode) => readonly DeviceOperation[];
  readonly bootPlugs: () => readonly DuePlug[];
  /** @param slotNames the guest's names of its slots, by place */
  readonly step: (step: MeasuredStep, cycle: number, slotNames?: ReadonlyMap<string, string>) => DeviceOperation;
  /** The own place that a step plugs into or unplugs from; undefined where it is a slot, and where QEMU is to refuse it. */
  readonly ownPlace: (slot: MeasuredStep['slot']) => OwnPlace | undefined;
  /** Takes in where the guest sees an own place. */
  readonly found: (slot: number, place: string) => void;
  /** Every slot that will be used. */
  readonly slots: readonly Slot[];
  /** PCI place of a slot, by its index. */
  readonly placeOf: (slot: number) => string;
}

export function describeOperations(planned: PlannedBoot, topology: Topology): OperationFactory {
  const { variant, seed } = planned;
  const { sampling, timeouts, steps, started, bootPlugs } = variant;
  const slots = topology.slots(variant.topologyOptions);
  let lastNumber = -1;
  const next = () => {
    lastNumber += 1;
    return lastNumber;
  };
  const ownPlace = (slot: MeasuredStep['slot']) =>
    typeof slot === 'number' ? variant.ownPlaces?.[slot - FIRST_OWN_PLACE] : undefined;
  const foundPlaces = new Map<number, string>();
  const inSlot = (index: number): PluggedDevice['slot'] | undefined => {
    const own = ownPlace(index);
    const place = foundPlaces.get(index);
    return own ? { ...own, ...(place !== undefined && { place }) } : slots[index];
  };
  const placed = (step: MeasuredStep | StartedDevice): PluggedDevice => {
    const device = devices.get(step.device);
    const slot = typeof step.slot === 'number' ? inSlot(step.slot) : step.slot;
    if (!device || !slot) throw new Error(`an unchecked scenario reached the run: ${step.deviceId}`);
    return { device, deviceId: step.deviceId, options: step.options, slot };
  };
  const timeoutMs = { boot: timeouts.bootMs, plug: timeouts.plugMs, unplug: timeouts.unplugMs };
  const described = (step: MeasuredStep, plugged: PluggedDevice) => ({
    operation: step.operation,
    number: next(),
    sequence: step.sequence,
    device: deviceKind(step),
    deviceId: step.deviceId,
    ...(plugged.slot.place !== undefined && { place: plugged.slot.place }),
    ...(step.meantRefused && { meantRefused: true as const }),
    ...(step.contested && { contested: true as const }),
    ...(step.retry && { retry: step.retry }),
    timeoutMs: step.retry ? step.retry.everyMs * step.retry.times : timeoutMs[step.operation],
    ...expectedOf(variant, step.operation, step.expected),
  });

  return {
    boot: (mode) => ({
      operation: 'boot',
      number: next(),
      cycle: 0,
      warmup: false,
      sequence: 0,
      timeoutMs: timeouts.bootMs,
      ...(mode !== 'fresh' && { bootMode: mode }),
      ...expectedOf(variant, 'boot', undefined),
    }),
    started: (mode) =>
      started.map((one) => {
        const plugged = placed(one);
        const operation: Operation = {
          operation: 'start',
          number: next(),
          cycle: 0,
          warmup: false,
          sequence: 0,
          device: deviceKind(one),
          deviceId: one.deviceId,
          place: slots[one.slot]?.place ?? '',
          timeoutMs: startTimeoutMs(timeouts),
          ...(mode !== 'fresh' && { bootMode: mode }),
          ...expectedOf(variant, 'start', undefined),
        };
        return { operation, plugged };
      }),
    bootPlugs: () => {
      const random = seededRandom(seed);
      return bootPlugs.map((step) => {
        const plugged = placed(step);
        const offsetMs = step.fromMs + (step.toMs - step.fromMs) * placeInStretch(planned, random);
        return {
          operation: { ...described(step, plugged), cycle: 1, warmup: false, ...(!step.atReady && { offsetMs }) },
          plugged,
          holdMs: step.holdMs,
        };
      });
    },
    step: (step, cycle, slotNames) => {
      const plugged = placed(step);
      const slotName = plugged.slot.place === undefined ? undefined : slotNames?.get(plugged.slot.place);
      const operation = {
        ...described(step, plugged),
        cycle,
        warmup: cycle <= sampling.warmup,
        ...(slotName !== undefined && { slotName }),
      };
      return { operation, plugged };
    },
    placeOf: (index) => slots[index]?.place ?? foundPlaces.get(index) ?? '',
    ownPlace,
    found: (slot, place) => {
      foundPlaces.set(slot, place);
    },
    slots: [...started, ...bootPlugs, ...measuredSteps(steps)].flatMap(({ slot }) =>
      typeof slot === 'number' ? (slots[slot] ?? []) : [],
    ),
  };
}

function expectedOf({ expected }: Variant, operation: OperationName, own: readonly Outcome[] | undefined) {
  const outcomes = own ?? expected[operation];
  return outcomes ? { expected: outcomes } : {};
}

/**
 * What samples call a device: its name, and where it is only the frame for any driver of QEMU's, the driver too. Devices of
 * two drivers have nothing in common, and are never in one figure.
 */
function deviceKind({ device, options }: Pick<NamedDevice, 'device' | 'options'>): string {
  return typeof options.driver === 'string' ? `${device}-${options.driver}` : device;
}
