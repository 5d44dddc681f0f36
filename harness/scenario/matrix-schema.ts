import { z } from 'zod';

/** A value of an axis, with the name the file gives it, if it does. */
export interface AxisValue<Value = unknown> {
  readonly label?: string;
  readonly value: Value;
}

const label = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .meta({ title: 'a label of letters, digits, ".", "_" and "-"' });

/** What an exclusion says of one axis. Which value it means is found once the axis is known. */
const one = z.union([z.string(), z.number(), z.boolean(), z.null(), z.record(z.string(), z.unknown())]);
const excluded = z
  .union([one, z.array(one).min(1)])
  .transform((given): readonly unknown[] => (Array.isArray(given) ? given : [given]))
  .meta({ title: 'a value or label of the axis, or a list of them' });

/** `[1, 2]` or `{ small: 1, large: 2 }`. */
function axis<Schema extends z.ZodType>(schema: Schema) {
  return z
    .union([z.array(schema).min(1), z.record(label, schema).refine((map) => Object.keys(map).length > 0)])
    .transform((given): readonly AxisValue<z.output<Schema>>[] =>
      Array.isArray(given)
        ? given.map((value) => ({ value }))
        : Object.entries(given).map(([name, value]) => ({ label: name, value: value as z.output<Schema> })),
    )
    .meta({ title: 'a list of values, or a map from labels to values' });
}

/** `matrix: { topology: […], cpus: […], parameters: { name: […] }, exclude: [{ topology: …, cpus: … }] }`. */
export function matrixSchema<Fields extends Readonly<Record<string, z.ZodType>>, ParameterValue extends z.ZodType>(
  fields: Fields,
  parameterName: z.ZodType<string, string>,
  parameterValue: ParameterValue,
) {
  const axes = Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, axis(schema).exactOptional()]),
  ) as {
    readonly [Name in keyof Fields]: z.ZodExactOptional<ReturnType<typeof axis<Fields[Name]>>>;
  };
  const exclusions = Object.fromEntries(Object.keys(fields).map((name) => [name, excluded.exactOptional()])) as {
    readonly [Name in keyof Fields]: z.ZodExactOptional<typeof excluded>;
  };
  const exclusion = z.strictObject({
    ...exclusions,
    parameters: z.record(parameterName, excluded).exactOptional(),
    variant: excluded.exactOptional(),
  });
  return z
    .strictObject({
      ...axes,
      parameters: z.record(parameterName, axis(parameterValue)).exactOptional(),
      exclude: z
        .array(exclusion)
        .describe('combinations to leave out: those that agree with all that one of these says')
        .exactOptional(),
    })
    .describe('every combination of these values, each over every variant');
}
