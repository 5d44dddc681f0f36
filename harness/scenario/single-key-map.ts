import { z } from 'zod';

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
