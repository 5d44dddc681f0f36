import { z } from 'zod';

/** A number of bytes as QEMU reads it. */
const size = z
  .union([z.string().regex(/^(0|[1-9]\d*[kKmMgG]?)$/), z.int().min(0)])
  .meta({ title: 'a size such as 4k or 1m' });

/** Transfer rates that a PCIe link can have, in GT/s, and widths in lanes (QEMU's qapi/common.json and pcie_regs.h). */
const SPEEDS = [2.5, 5, 8, 16, 32, 64] as const;
const WIDTHS = [1, 2, 4, 8, 12, 16, 32] as const;

/** What the firmware is asked to keep free behind a port or bridge for what is plugged later. */
export interface Reserves {
  readonly 'io-reserve'?: string | number;
  readonly 'mem-reserve'?: string | number;
  readonly 'pref64-reserve'?: string | number;
}

/** @param given what is reserved where a scenario does not say; where that is nothing, QEMU asks the firmware for nothing */
export function reservesOf(given: Reserves) {
  const option = (name: keyof Reserves, text: string) => {
    const described = size.describe(text);
    return (given[name] === undefined ? described : described.meta({ default: given[name] })).exactOptional();
  };
  return {
    'io-reserve': option('io-reserve', 'I/O space for what is plugged later'),
    'mem-reserve': option('mem-reserve', 'memory space below 4 GiB for it'),
    'pref64-reserve': option('pref64-reserve', 'prefetchable memory space for it'),
  };
}

/** Properties of a pcie-root-port, by QEMU's own names; one that is not given has QEMU's default. */
export const portSettings = {
  ...reservesOf({}),
  'bus-reserve': z.int().min(0).max(255).describe('bus numbers for bridges that are plugged later').exactOptional(),
  hotplug: z
    .enum(['on', 'off'])
    .describe('off: nothing can be plugged into it, and QEMU refuses to')
    .meta({ default: 'on' })
    .exactOptional(),
  'x-speed': z.literal(SPEEDS).describe('of its link, in GT/s').exactOptional(),
  'x-width': z.literal(WIDTHS).describe('of its link, in lanes').exactOptional(),
};

const portSchema = z.strictObject(portSettings);

export type PortSettings = z.infer<typeof portSchema>;

export const settingsOfEachPort = portSchema;

/** `,io-reserve=4k,x-speed=2_5`: QEMU has no point in the number of a speed. */
export function propertyText(settings: PortSettings | Reserves): string {
  const named = Object.entries(settings).map(
    ([name, value]) => `,${name}=${name === 'x-speed' ? String(value).replace('.', '_') : value}`,
  );
  return named.join('');
}
