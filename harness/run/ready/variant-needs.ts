import { encodeRequest } from '../../guest/protocol.ts';
import { devices } from '../../machine/device/index.ts';
import { topologyOf } from '../../machine/topology/index.ts';
import type { MachinePart } from '../../machine/topology/topology.ts';
import { listedDevices, type ReadyVariant } from '../../plan/ready-variant.ts';
import { devicesUsed, inspectSteps, measuredSteps } from '../../scenario/step/walk-steps.ts';
import { FIRST_OWN_PLACE, type OwnPlace, type Variant } from '../../variant.ts';
import { INSPECTION_MODULES } from '../boot/unmeasured-steps.ts';
import { LOG_SWITCHES } from '../session/observe.ts';
import type { DeviceToPlug } from './check-devices.ts';

/** The parts of a variant's machine that can be had, and those that it is without, each with the reason. */
export function machinePartsOf({
  topology,
  topologyOptions,
  bootMode,
}: Pick<Variant, 'topology' | 'topologyOptions' | 'bootMode'>): Pick<ReadyVariant, 'parts' | 'leftOut'> {
  const all = topologyOf(topology).parts?.(topologyOptions) ?? [];
  const asked = all.map((part) => ({ part, obstacle: cannotBeSaved(part, bootMode) ?? lackingFor(part) }));
  return {
    parts: asked.flatMap(({ part, obstacle }) => (obstacle === undefined ? [part] : [])),
    leftOut: asked.flatMap(({ part, obstacle }) => (obstacle === undefined ? [] : [`${part.name}: ${obstacle}`])),
  };
}

/**
 * What a process beside QEMU knows of the guest is not in the migration stream: QEMU 7.2 refuses to save a machine with
 * vhost-user-fs ("State blocked by non-migratable device", hw/virtio/vhost-user-fs.c).
 */
function cannotBeSaved({ sharesMemory }: MachinePart, bootMode: Variant['bootMode']): string | undefined {
  return bootMode === 'snapshot' && sharesMemory ? 'QEMU cannot save a guest that has it' : undefined;
}

function lackingFor(part: MachinePart): string | undefined {
  const lacking = part.lacking();
  return lacking === undefined ? undefined : `this host lacks ${lacking}`;
}

/** The devices of a variant, from the start or plugged, but for those that are expected to be refused: they are not asked about. */
export function devicesToPlug(variant: Variant): readonly DeviceToPlug[] {
  const slots = topologyOf(variant.topology).slots(variant.topologyOptions);
  return devicesUsed(variant).flatMap((step) => {
    const device = devices.get(step.device);
    const slot = typeof step.slot === 'number' ? (slots[step.slot] ?? ownPlaceOf(variant, step.slot)) : undefined;
    const own = 'expected' in step ? step.expected : undefined;
    const expected = own ?? variant.expected[step.operation] ?? [];
    return device && slot && !expected.includes('refused') ? [{ ...step, device, slot }] : [];
  });
}

/**
 * A place on a bus that the topology knows nothing of; undefined also where a device of the sequence brings that bus, which is
 * not there yet when QEMU is asked.
 */
function ownPlaceOf(variant: Variant, slot: number): OwnPlace | undefined {
  const own = variant.ownPlaces?.[slot - FIRST_OWN_PLACE];
  const isBrought = devicesUsed(variant).some(({ deviceId }) => own?.bus.replace(/\.0$/, '') === deviceId);
  return isBrought ? undefined : own;
}

/** Buses that are none of the topology's, on which QEMU is to refuse a plug: whether there are such is not known here. */
export function refusingBuses({ topology, topologyOptions, steps }: Variant): readonly string[] {
  const own = new Set(
    topologyOf(topology)
      .slots(topologyOptions)
      .map(({ bus }) => bus),
  );
  const asked = measuredSteps(steps).flatMap(({ slot }) => (typeof slot === 'number' ? [] : [slot.bus]));
  return [...new Set(asked)].filter((bus) => !own.has(bus));
}

/**
 * Requests that the agent has in its list, since the harness does not ask before the first plug: to look for what is there from the start,
 * or is plugged as soon as the guest is ready. For the latter it also switches the kernel's messages on, from which phases are told; that
 * costs `init` some hundred microseconds.
 */
export function listedRequests(variant: Variant): readonly string[] {
  const watches = listedDevices(variant).map(({ device, deviceId, options, slot }) => {
    return ['watch', { device: deviceId, place: slot.place, ...device.watch(deviceId, options) }] as const;
  });
  const isPluggedAtOnce = variant.bootPlugs.some(({ atReady }) => atReady);
  const switches = isPluggedAtOnce ? [...LOG_SWITCHES].map(({ file, value }) => ['set', { file, value }] as const) : [];
  return [...switches, ...watches].map(([verb, fields], index) => encodeRequest(index + 1, verb, fields));
}

/** Modules of all that the sequence plugs and inspects, in the order in which they are first needed. */
export function modulesOf(variant: Variant): readonly string[] {
  const plugged = devicesUsed(variant).flatMap(
    ({ device, options }) => devices.get(device)?.guestModules(options) ?? [],
  );
  const inspected = inspectSteps(variant.steps).length > 0 ? INSPECTION_MODULES : [];
  return [...new Set([...plugged, ...inspected])];
}

export function sharesMemory(variant: Variant): boolean {
  return devicesUsed(variant).some(({ device }) => devices.get(device)?.sharesMemory ?? false);
}
