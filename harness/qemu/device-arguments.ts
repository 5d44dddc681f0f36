import type { Device, Slot } from '../machine/device/device.ts';
import { optionValue, type QmpCommand } from '../machine/qemu-syntax.ts';

/** A device that the machine has from the start. */
export interface DeviceFromStart {
  readonly device: Device;
  readonly deviceId: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly slot: Slot;
}

/**
 * QEMU's command-line arguments for a device: what would make it while the machine runs, said before. Every QEMU reads
 * `key=value`; the JSON that QMP has is read there only since 6.2 (-device) and 7.2 (-netdev). QEMU makes devices that are written as
 * JSON after all others (softmmu/vl.c, qemu_create_cli_devices()), so that one which sits on a bus of theirs has to be written as they are.
 *
 * @param machine the arguments of the machine that it is for
 * @param directory of the device's own, for the sockets of its backend
 */
export function deviceArguments(
  { device, deviceId, options, slot }: DeviceFromStart,
  machine: readonly string[],
  directory: string,
): readonly string[] {
  const isJson = machine.some((word, index) => machine[index - 1] === '-device' && word.startsWith('{'));
  const commands = [...device.prepare(deviceId, options, directory), ...device.add(deviceId, slot, options)];
  return commands.flatMap((command) =>
    isJson && command.execute === 'device_add' ? ['-device', JSON.stringify(command.arguments)] : asArguments(command),
  );
}

/** How QEMU's command line says what a command of QMP does: the flag, and which argument comes first and without its name. */
const FLAGS: Readonly<Record<string, { readonly flag: string; readonly first: string }>> = {
  'blockdev-add': { flag: '-blockdev', first: 'driver' },
  netdev_add: { flag: '-netdev', first: 'type' },
  'object-add': { flag: '-object', first: 'qom-type' },
  'chardev-add': { flag: '-chardev', first: 'type' },
  device_add: { flag: '-device', first: 'driver' },
};

function asArguments({ execute, arguments: given }: QmpCommand): readonly string[] {
  const known = FLAGS[execute];
  if (!known) throw new Error(`${execute} has no counterpart on QEMU's command line`);
  const { flag, first } = known;
  const named = execute === 'chardev-add' ? chardevOptions(given) : given;
  const { [first]: head, ...others } = named;
  const words = flattened(others).map(([key, value]) => `${key}=${optionValue(value)}`);
  // A block driver keeps its key: a value without one would be taken for it only in older ways to say the same.
  const begin = flag === '-blockdev' ? `${first}=${optionValue(String(head))}` : optionValue(String(head));
  return [flag, [begin, ...words].join(',')];
}

/** `{ file: { driver: 'file' } }` as `file.driver=file`, truths as on and off. What is not there is not said. */
function flattened(given: Readonly<Record<string, unknown>>, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined || value === null) return [];
    if (typeof value === 'object') return flattened(value as Readonly<Record<string, unknown>>, `${prefix}${key}.`);
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    return [[`${prefix}${key}`, text] as const];
  });
}

/**
 * QMP has the options of a character device in `backend.data`, and those of a socket's address one level below; the command line has
 * all of them side by side (chardev/char-socket.c, qemu_chr_parse_socket()).
 */
function chardevOptions({ id, backend }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { type, data } = backend as { readonly type: string; readonly data?: Readonly<Record<string, unknown>> };
  const { addr, ...plain } = data ?? {};
  const address = (addr as { readonly data?: Readonly<Record<string, unknown>> } | undefined)?.data ?? {};
  return { type, id, ...address, ...plain };
}
