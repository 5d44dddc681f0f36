import { z } from 'zod';
import type { Device } from '../../machine/device/device.ts';
import { devices } from '../../machine/device/index.ts';
import { topologies } from '../../machine/topology/index.ts';
import { OUTCOMES } from '../../vocabulary.ts';
import { listWords } from '../../words.ts';

/**
 * A map with exactly one of the given keys, as in `plug: …` or `pcie-root-port: …`, read into the key and what stands
 * behind it.
 */
export function singleKeyMap(schemas: ReadonlyMap<string, z.ZodType>) {
  const shape = Object.fromEntries([...schemas].map(([key, schema]) => [key, schema.exactOptional()]));
  return z
    .strictObject(shape)
    .refine((map) => Object.keys(map).length === 1, { when: ({ issues }) => issues.length === 0 })
    .meta({ minProperties: 1, maxProperties: 1 });
}

export interface TopologyChoice {
  /** A name from `harness/machine/topology`. */
  readonly name: string;
  /** Checked by the topology's own schema, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

const topologyNames = [...topologies.keys()];
const optionsByName = new Map([...topologies].map(([name, { options }]) => [name, options]));

/** `topology: pcie-root-port` or `topology: { pcie-root-port: { ports: 4 } }`. */
export const topologyChoice = z
  .union([z.enum(topologyNames), singleKeyMap(optionsByName)])
  .transform((input, context): TopologyChoice => {
    const [name = '', given = {}] = typeof input === 'string' ? [input] : (Object.entries(input)[0] ?? []);
    const checked = optionsByName.get(name)?.safeParse(given);
    if (checked?.success) return { name, options: checked.data as TopologyChoice['options'] };
    // zod also calls this after an unknown key, and has reported that already.
    if (context.issues.length === 0) context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: listWords([...topologyNames, 'one of them with its options'], 'or') });

/** The device that the variant's own settings name. */
export const DEFAULT_DEVICE = 'default';

const deviceNames = [...devices.keys()];

/** A device as a map, its options next to `device` and whatever else the place allows. */
function longForm({ name, options }: Device, more: z.ZodRawShape) {
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of the device ${name} are not an object schema`);
  return options.extend({ device: z.literal(name), ...more });
}

export interface ChosenDevice {
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The keys of `more` that were there. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * `virtio-blk` or `{ device: virtio-blk, backend: … }`, read into the device, its checked options, and the keys of
 * `more`. With `orDefault` also the word for the device of the variant, which a map without "device" means too.
 */
export function deviceChoice(more: z.ZodRawShape, { orDefault }: { readonly orDefault: boolean }) {
  const words = orDefault ? [...deviceNames, DEFAULT_DEVICE] : deviceNames;
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
      // zod also calls this after an unknown key, and has reported that already.
      if (context.issues.length === 0) context.addIssue({ code: 'custom' });
      return z.NEVER;
    })
    .meta({ title: `${listWords(words, 'or')}, or ${map}` });
}

/** A device's block node has the device's id for its name, and those hold no more (block_int.h, node_name[32]). */
export const MAX_ID_LENGTH = 31;

/**
 * QEMU's rule for ids: a letter, then letters, digits, `-`, `.` and `_` (util/id.c, id_wellformed).
 */
export const deviceId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,30}$/)
  .meta({ title: 'an id: a letter, then letters, digits, ".", "_" or "-", at the most 31 in all' });

/** `lost` or `[ok, lost]`: how an operation may end without being a failure of the run. */
export const expectedOutcomes = z
  .union([z.enum(OUTCOMES), z.array(z.enum(OUTCOMES)).min(1)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .meta({ title: `${listWords(OUTCOMES, 'or')}, or a list of them` });
