import type { QmpCommand } from '../machine/qemu-syntax.ts';
import { type MachineSpec, machineArguments } from '../qemu/command-line.ts';
import type { DeviceToPlug } from './check-devices.ts';

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
const NO_CHANNELS = { monitor: 'null', console: 'null', markers: 'null' };

/** Devices with a name that the machine has from the start, each in words for a person. */
export function takenNames(spec: MachineSpec, devices: readonly DeviceToPlug[]): readonly string[] {
  const words = machineArguments(spec, NO_CHANNELS, '.');
  const taken = new Set(
    words.flatMap((word, index) => nameOf(words[index - 1], /(?:^|,)(?:id|node-name)=([^,]+)/.exec(word)?.[1])),
  );
  const refusals = devices.flatMap(({ device, deviceId, options, slot }) =>
    [...device.prepare(deviceId, options, '.'), ...device.add(deviceId, slot, options)]
      .flatMap(namesIn)
      .filter((name) => taken.has(name))
      .map((name) => `${device.name} "${deviceId}": the machine itself has the ${name}; give it another id`),
  );
  return [...new Set(refusals)];
}

function namesIn({ execute, arguments: given }: QmpCommand): readonly string[] {
  const { id, 'node-name': node } = given as { readonly id?: string; readonly 'node-name'?: string };
  return nameOf(execute, id ?? node);
}

function nameOf(giver: string | undefined, name: string | undefined): readonly string[] {
  const space = NAME_SPACES[giver ?? ''];
  return space === undefined || name === undefined ? [] : [`${space} "${name}"`];
}
