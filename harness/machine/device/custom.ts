import { z } from 'zod';
import { listWords } from '../../words.ts';
import type { QmpCommand } from '../qemu-syntax.ts';
import { defineDevice } from './device.ts';
import { FILE_IN_HOST_TIME, NVME_IN_HOST_TIME } from './disks.ts';

/** What stands for the device's own id in a property, so that a property can name a backend. */
const ID_MARK = '$id';

/** Properties that say where the device is and what it is called: the topology's and the sequence's business. */
const OWN_PROPERTIES = ['driver', 'id', 'bus', 'addr'] as const;

const settings = z.record(z.string(), z.unknown());
const value = z.union([z.string(), z.number(), z.boolean()]).meta({ title: 'text, a number, true or false' });

/** A backend of the device. QEMU has name spaces of their own for each kind, so all can have the device's id. */
const backends = z
  .strictObject({
    blockdev: settings.exactOptional().describe('arguments of blockdev-add'),
    netdev: settings.exactOptional().describe('arguments of netdev_add'),
    chardev: settings.exactOptional().describe('the "backend" of chardev-add'),
    object: settings.exactOptional().describe('arguments of object-add'),
  })
  .default({})
  .describe("what has to be there before the device is plugged, each with the device's id for its name");

/** Nothing that modprobe could take for an option or a path. */
const MODULE_NAME = /^\w[\w-]*$/;

const options = z.strictObject({
  driver: z.string().min(1).describe('name of a QEMU device driver for PCI'),
  properties: z
    .record(z.string(), value)
    .superRefine((given, context) => {
      const message = `no ${listWords(OWN_PROPERTIES, 'or')} here, which the topology and the sequence decide`;
      for (const name of OWN_PROPERTIES)
        if (Object.hasOwn(given, name)) context.addIssue({ code: 'custom', path: [name], message });
    })
    .default({})
    .describe(`properties of the driver; ${ID_MARK} in a text is the device's id`),
  modules: z
    .array(z.string().regex(MODULE_NAME, { error: 'a module name of letters, digits, "_" and "-"' }))
    .default([])
    .describe('kernel modules the guest needs'),
  usable: z
    .enum(['pci-driver', 'virtio-driver', 'block', 'net'])
    .default('pci-driver')
    .describe('when the device is usable'),
  backends,
});

type Backends = z.infer<typeof backends>;

/** How QEMU makes and removes each kind of backend, in the order of making. */
const BACKEND_COMMANDS: Readonly<
  Record<keyof Backends, (id: string, given: Readonly<Record<string, unknown>>) => readonly [QmpCommand, QmpCommand]>
> = {
  object: (id, given) => [
    { execute: 'object-add', arguments: { ...given, id } },
    { execute: 'object-del', arguments: { id } },
  ],
  chardev: (id, given) => [
    { execute: 'chardev-add', arguments: { id, backend: given } },
    { execute: 'chardev-remove', arguments: { id } },
  ],
  netdev: (id, given) => [
    { execute: 'netdev_add', arguments: { ...given, id } },
    { execute: 'netdev_del', arguments: { id } },
  ],
  blockdev: (id, given) => [
    { execute: 'blockdev-add', arguments: { ...given, 'node-name': id } },
    { execute: 'blockdev-del', arguments: { 'node-name': id } },
  ],
};

export const custom = defineDevice({
  name: 'custom',
  description: 'any PCI device of QEMU; usable when a driver is bound to it, or as its options say',
  options,
  guestModules: ({ modules }) => modules,
  sharesMemory: false,
  ownBus: 'any',
  lacking: () => undefined,
  inHostTime: ({ driver, backends: { blockdev } }) => {
    if (driver === 'nvme') return NVME_IN_HOST_TIME;
    return blockdev !== undefined && blockdev.driver !== 'null-co' ? FILE_IN_HOST_TIME : undefined;
  },
  watch: (_id, { usable }) => ({ class: usable }),
  processes: () => [],
  prepare: (id, given) => backendCommands(id, given.backends).map(([make]) => make),
  add: (id, { bus, addr }, { driver, properties }) => {
    const filled = Object.entries(properties).map(([name, given]) => [
      name,
      typeof given === 'string' ? given.replaceAll(ID_MARK, id) : given,
    ]);
    return [
      {
        execute: 'device_add',
        arguments: { ...Object.fromEntries(filled), driver, id, bus, ...(!isLun(addr) && { addr }) },
      },
    ];
  },
  release: (id, given) =>
    backendCommands(id, given.backends)
      .map(([, remove]) => remove)
      .toReversed(),
});

/** Where it is a LUN, its properties say which, and `addr` is no property of its. */
function isLun(addr: string | undefined): boolean {
  return addr?.includes(':') ?? false;
}

function backendCommands(id: string, given: Backends): readonly (readonly [QmpCommand, QmpCommand])[] {
  return Object.entries(BACKEND_COMMANDS).flatMap(([kind, commands]) => {
    const asked = given[kind as keyof Backends];
    return asked === undefined ? [] : [commands(id, asked)];
  });
}
