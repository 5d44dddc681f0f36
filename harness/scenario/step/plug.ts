import { z } from 'zod';
import type { Device } from '../../device/device.ts';
import { devices } from '../../device/index.ts';
import { fail, ok } from '../../result.ts';
import { listWords, quote } from '../words.ts';
import { deviceId } from './device-id.ts';
import { defineStepKind, type Layout } from './step-kind.ts';

const names = [...devices.keys()];

interface LongForm {
  readonly device: string;
  readonly id?: string;
  readonly [option: string]: unknown;
}

/** The long form of one device: its options next to `device` and `id`. */
function longForm({ name, options }: Device) {
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of the device ${name} are not an object schema`);
  return options.extend({ device: z.literal(name), id: deviceId.exactOptional() });
}

const [first, ...others] = [...devices.values()].map(longForm);
if (first === undefined) throw new Error('there is no device to plug');

const argument = z
  .union([z.enum(names), z.discriminatedUnion('device', [first, ...others])])
  .transform((input, context) => {
    const { device, id, ...given } = typeof input === 'string' ? { device: input, id: undefined } : (input as LongForm);
    const checked = devices.get(device)?.options.safeParse(given);
    if (checked?.success) return { device, id, options: checked.data as Readonly<Record<string, unknown>> };
    // zod also comes here after an unknown key, which says enough.
    if (context.issues.length === 0) context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: listWords([...names, 'a map with "device", "id" and the device\'s options'], 'or') });

/** `plug: virtio-blk` or `plug: { device: virtio-blk, id: disk0, backend: { file: disk.raw } }`. */
export const plug = defineStepKind({
  name: 'plug',
  form: 'plug: <device>',
  argument,
  namedId: ({ id }) => id,
  place: (layout, { device, id, options }, item) => {
    if (id !== undefined && layout.everPlugged.some(({ deviceId }) => deviceId === id)) {
      const wrong = `the id ${quote(id)} for the second time`;
      return fail({ path: ['id'], at: 'value', wrong, expected: 'an id of its own for each device of the sequence' });
    }
    const placed = { device, deviceId: id ?? freeId(layout, device), slot: firstFreeSlot(layout) };
    return ok({
      ...layout,
      steps: [...layout.steps, { operation: 'plug', ...placed, options }],
      plugged: [...layout.plugged, { ...placed, item }],
      everPlugged: [...layout.everPlugged, { ...placed, item }],
    });
  },
});

/** The device's name, with -2, -3 … where it is taken. */
function freeId({ everPlugged, namedIds }: Layout, device: string): string {
  const taken = new Set([...namedIds, ...everPlugged.map(({ deviceId }) => deviceId)]);
  let id = device;
  for (let number = 2; taken.has(id); number += 1) id = `${device}-${number}`;
  return id;
}

function firstFreeSlot({ plugged }: Layout): number {
  const taken = new Set(plugged.map(({ slot }) => slot));
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  return slot;
}
