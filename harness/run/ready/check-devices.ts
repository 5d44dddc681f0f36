import type { Device, PlugPlace, Slot } from '../../machine/device/device.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import { type MachineSpec, machineArguments } from '../../qemu/command-line.ts';
import { quote } from '../../words.ts';
import type { Session } from '../session/session.ts';
import { type Drivers, type Instead, refusalText } from './device-refusal.ts';
import { type MachinePlace, NOT_PLUGGABLE, onStoppedMachine, ownWords, pluggableDrivers } from './stopped-machine.ts';

/** A device as the sequence plugs it. */
export interface DeviceToPlug {
  readonly device: Device;
  readonly deviceId: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A slot of the topology, or a place on another bus. */
  readonly slot: Slot | PlugPlace;
}

/** The machine that is asked, and what it can plug, which is found out when it is first needed. */
interface Machine {
  readonly spec: MachineSpec;
  readonly place: MachinePlace;
  readonly drivers: () => Promise<Drivers>;
}

/**
 * What QEMU's answers mean, where more can be said than they do. They have read so since QEMU 2.9; where one reads
 * otherwise, the refusal is reported in QEMU's words alone.
 */
const NO_SUCH_DRIVER = /is not a valid device model name$/;
const NO_SUCH_PROPERTY = /^Property '[^']*\.([^'.]+)' not found$/;

/**
 * What QEMU, or this host, would refuse of a machine and its devices, asked before the first boot; in words for a person. What is
 * there from the start is tried as all others are, since what QEMU says of a plug is known better; then the machine with it.
 */
export async function refusalsOf(
  spec: MachineSpec,
  devices: readonly DeviceToPlug[],
  buses: readonly string[],
  place: MachinePlace,
): Promise<readonly string[]> {
  const bare = { ...spec, started: [] };
  const noBus = buses.length === 0 ? [] : await missingBuses(bare, buses, place);
  const refused = [...noBus, ...(await refusedDevices(bare, devices, place))];
  const isTried = devices.length > 0 && (spec.started ?? []).length === 0;
  if (refused.length > 0 || isTried) return refused;
  // Also a machine without devices is started once: QEMU may not know its type.
  const started = await onStoppedMachine(spec, place, async () => undefined);
  return started.ok ? [] : [`QEMU does not start this machine: ${started.failure}`];
}

/**
 * Tries every different device of a sequence on the machine that it is for, which is started and never run: what QEMU, or
 * this host, would refuse, each in words for a person. Nothing is left running.
 */
export async function refusedDevices(
  spec: MachineSpec,
  devices: readonly DeviceToPlug[],
  place: MachinePlace,
): Promise<readonly string[]> {
  const refusals: string[] = [];
  const possible: DeviceToPlug[] = [];
  for (const one of distinct(devices)) {
    const lacking = one.device.lacking(one.options);
    if (lacking === undefined) possible.push(one);
    else refusals.push(`${one.device.name} "${one.deviceId}": this host lacks ${lacking}`);
  }
  const machine: Machine = { spec, place, drivers: lazy(() => pluggableDrivers(spec, place)) };
  for (const together of bySlot(possible)) refusals.push(...(await tryTogether(machine, together)));
  return refusals;
}

const NO_SUCH_BUS = /^Bus '[^']*' not found$/;

/**
 * Buses that the machine has not, in words. Where QEMU is meant to refuse a plug, it would refuse a name that is mistyped,
 * too, and the scenario would seem to have shown what it meant.
 */
async function missingBuses(
  spec: MachineSpec,
  buses: readonly string[],
  place: MachinePlace,
): Promise<readonly string[]> {
  const tried = await onStoppedMachine(spec, place, async (session) => {
    const missing: string[] = [];
    for (const bus of buses) {
      const reply = await session.execute({ execute: 'device_add', arguments: { driver: 'virtio-rng-pci', bus } });
      if (!reply.ok && NO_SUCH_BUS.test(ownWords(reply.failure))) missing.push(`the machine has no bus ${quote(bus)}`);
    }
    return missing;
  });
  return tried.ok ? tried.value : [`QEMU does not start this machine: ${tried.failure}`];
}

/** The first of those that are alike in all but their place. */
function distinct(devices: readonly DeviceToPlug[]): readonly DeviceToPlug[] {
  const kinds = new Map<string, DeviceToPlug>();
  for (const one of devices) {
    const kind = JSON.stringify([one.device.name, one.options]);
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  return [...kinds.values()];
}

/** Groups in which no two share a slot: a machine that does not run never gives one back. */
function bySlot(devices: readonly DeviceToPlug[]): readonly (readonly DeviceToPlug[])[] {
  const groups: DeviceToPlug[][] = [];
  for (const one of devices) {
    const free = groups.find((group) =>
      group.every(({ slot }) => slot.bus !== one.slot.bus || slot.addr !== one.slot.addr),
    );
    if (free) free.push(one);
    else groups.push([one]);
  }
  return groups;
}

async function tryTogether(machine: Machine, devices: readonly DeviceToPlug[]): Promise<readonly string[]> {
  const tried = await onStoppedMachine(machine.spec, machine.place, async (session) => {
    const refusals: string[] = [];
    for (const one of devices) {
      const refusal = await tryDevice(machine, session, one);
      if (refusal !== undefined) refusals.push(refusal);
    }
    return refusals;
  });
  return tried.ok ? tried.value : [`QEMU does not start this machine: ${tried.failure}`];
}

/** Plugs it, as far as that goes without a guest. Gives the refusal, if there is one. */
async function tryDevice(
  machine: Machine,
  session: Session,
  { device, deviceId, options, slot }: DeviceToPlug,
): Promise<string | undefined> {
  const directory = await session.newDirectory();
  for (const process of device.processes(deviceId, options, directory)) {
    const started = await session.startBackend(process);
    if (!started.ok) return `${device.name} "${deviceId}": ${started.failure}`;
  }
  const commands = [...device.prepare(deviceId, options, directory), ...device.add(deviceId, slot, options)];
  for (const command of commands) {
    const reply = await session.execute(command);
    if (reply.ok) continue;
    const said = ownWords(reply.failure);
    const has = await instead(machine, session, command, said);
    return refusalText({ device: device.name, deviceId, command, said, instead: has });
  }
  return undefined;
}

async function instead(
  { drivers }: Machine,
  session: Session,
  command: QmpCommand,
  said: string,
): Promise<Instead | undefined> {
  if (NO_SUCH_DRIVER.test(said) || NOT_PLUGGABLE.test(said)) return { kind: 'drivers', drivers: await drivers() };
  const asked = NO_SUCH_PROPERTY.exec(said)?.[1];
  if (asked === undefined) return undefined;
  const typename = String(command.arguments.driver);
  const listed = await session.execute({ execute: 'device-list-properties', arguments: { typename } });
  const properties = listed.ok ? (listed.value as readonly { readonly name: string }[]).map(({ name }) => name) : [];
  return properties.length === 0 ? undefined : { kind: 'properties', asked, properties };
}

function lazy<Value>(find: () => Promise<Value>): () => Promise<Value> {
  let found: Promise<Value> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

/** QEMU's name spaces, by the flag and the command that give a name in each. */
const NAME_SPACES: Readonly<Record<string, string>> = {
  '-device': 'device',
  device_add: 'device',
  '-chardev': 'chardev',
  'chardev-add': 'chardev',
  '-netdev': 'netdev',
  netdev_add: 'netdev',
  '-object': 'object',
  'object-add': 'object',
  '-blockdev': 'block node',
  'blockdev-add': 'block node',
};

/** Where the channels of a machine lead does not matter to its names. */
const NO_CHANNELS = { monitor: 'null', console: 'null', markers: 'null', firmware: 'null' };

/** Devices with a name that the machine has from the start, each in words for a person. */
export function takenNames(spec: MachineSpec, devices: readonly DeviceToPlug[]): readonly string[] {
  const words = machineArguments({ ...spec, started: [] }, NO_CHANNELS, '.');
  const taken = new Set(words.flatMap((word, index) => nameOf(words[index - 1], givenName(word))));
  const refusals = devices.flatMap(({ device, deviceId, options, slot }) =>
    [...device.prepare(deviceId, options, '.'), ...device.add(deviceId, slot, options)]
      .flatMap(namesIn)
      .filter((name) => taken.has(name))
      .map((name) => `${device.name} "${deviceId}": the machine itself has the ${name}; give it another id`),
  );
  return [...new Set(refusals)];
}

/** The name that an argument of QEMU's gives, written as options or, as libvirt does, as JSON. */
function givenName(word: string): string | undefined {
  return (/^\{.*"(?:id|node-name)":"([^"]+)"/.exec(word) ?? /(?:^|,)(?:id|node-name)=([^,]+)/.exec(word))?.[1];
}

function namesIn({ execute, arguments: given }: QmpCommand): readonly string[] {
  const { id, 'node-name': node } = given as { readonly id?: string; readonly 'node-name'?: string };
  return nameOf(execute, id ?? node);
}

function nameOf(giver: string | undefined, name: string | undefined): readonly string[] {
  const space = NAME_SPACES[giver ?? ''];
  return space === undefined || name === undefined ? [] : [`${space} "${name}"`];
}
