import { z } from 'zod';
import type { Device } from '../../machine/device/device.ts';
import { devices } from '../../machine/device/index.ts';
import { listWords } from '../../words.ts';

/** The device that the variant's own settings name. */
export const DEFAULT_DEVICE = 'default';

const names = [...devices.keys()];

/** A device as a map, its options next to `device` and whatever else the place allows. */
function longForm({ name, options }: Device, more: z.ZodRawShape) {
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of the device ${name} are not an object schema`);
  return options.extend({ device: z.literal(name), ...more });
}

export interface ChosenDevice {
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What stood beside the device's own options. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * `virtio-blk` or `{ device: virtio-blk, backend: … }`, read into the device, its checked options, and the keys of
 * `more`. With `orDefault` also the word for the device of the variant, which a map without "device" means too.
 */
export function deviceChoice(more: z.ZodRawShape, { orDefault }: { readonly orDefault: boolean }) {
  const words = orDefault ? [...names, DEFAULT_DEVICE] : names;
  const own = [...devices.values()].map((device) => longForm(device, more));
  const open = z.strictObject({ device: z.literal(DEFAULT_DEVICE).exactOptional(), ...more });
  const [first, ...others] = own;
  if (first === undefined) throw new Error('there is no device to plug');
  const keys = ["the device's options", ...Object.keys(more).map((key) => `"${key}"`)];
  const map = `a map with "device" and ${listWords(keys, 'or')}`;
  return z
    .union([z.enum(words), z.discriminatedUnion('device', orDefault ? [first, ...others, open] : [first, ...others])])
    .transform((input, context): ChosenDevice => {
      const { device = DEFAULT_DEVICE, ...given }: Readonly<Record<string, unknown>> =
        typeof input === 'string' ? { device: input } : input;
      const options = Object.fromEntries(Object.entries(given).filter(([key]) => !Object.hasOwn(more, key)));
      const rest = Object.fromEntries(Object.entries(given).filter(([key]) => Object.hasOwn(more, key)));
      const name = String(device);
      if (name === DEFAULT_DEVICE) return { device: name, options: {}, rest };
      const checked = devices.get(name)?.options.safeParse(options);
      if (checked?.success) return { device: name, options: checked.data as ChosenDevice['options'], rest };
      // zod also comes here after an unknown key, which says enough.
      if (context.issues.length === 0) context.addIssue({ code: 'custom' });
      return z.NEVER;
    })
    .meta({ title: `${listWords(words, 'or')}, or ${map}` });
}
