import { quote } from '../words.ts';
import type { AxisValue } from './matrix-schema.ts';
import { type Matrix, matrixFields, type Settings } from './schema.ts';
import { ABSENT, exactKey, parameterKey, settingTexts } from './setting-text.ts';
import type { Finding, Path } from './yaml/problem.ts';

/** One thing that a matrix goes over. */
export interface Axis {
  /** Below `matrix`: `['cpus']` or `['parameters', name]`. */
  readonly path: Path;
  readonly points: readonly Point[];
  /** The points that an exclusion means: several where the file gives one value several labels. */
  readonly find: (given: unknown) => readonly Point[];
}

export interface Point {
  /** Where it stands in its axis: its index in a list, its label in a map. */
  readonly item: string | number;
  /** Its part of the variant's name. */
  readonly label: string;
  /** The value in one word. */
  readonly text: string;
  /** The value itself: what an exclusion by value is compared with. */
  readonly key: string;
  readonly change: (settings: Settings) => Settings;
}

type Field = keyof typeof matrixFields;
type Value<Name extends Field> = NonNullable<Matrix[Name]> extends readonly AxisValue<infer Given>[] ? Given : never;

/** Where each field of a matrix goes. */
const CHANGES: { readonly [Name in Field]: (settings: Settings, value: Value<Name>) => Settings } = {
  topology: (settings, topology) => ({ ...settings, topology }),
  machine: (settings, machine) => ({ ...settings, machine }),
  qemu: (settings, qemu) => ({ ...settings, qemu }),
  firmware: (settings, firmware) => ({ ...settings, firmware }),
  kernel: (settings, kernel) => ({ ...settings, guest: { ...settings.guest, kernel } }),
  cpus: (settings, cpus) => ({ ...settings, guest: { ...settings.guest, cpus } }),
  memory: (settings, memory) => ({ ...settings, guest: { ...settings.guest, memory } }),
  iommu: (settings, iommu) => ({ ...settings, guest: { ...settings.guest, iommu } }),
  accelerator: (settings, accelerator) => ({ ...settings, accelerator }),
  boot_mode: (settings, mode) => ({ ...settings, boot_mode: mode }),
  clock: (settings, clock) => ({ ...settings, clock }),
  device: (settings, device) => ({ ...settings, device }),
  count: (settings, count) => ({ ...settings, count }),
  load: (settings, load) => ({ ...settings, load }),
};

/** Labels of values that say too little alone. */
const LABELS: Partial<Record<Field, (text: string) => string>> = {
  cpus: (text) => `cpus${text}`,
  count: (text) => `count${text}`,
  iommu: (text) => (text === 'true' ? 'iommu' : 'no-iommu'),
};

/** The axes of a matrix: in the order of their fields, whatever that of the file, and those of kernel parameters last. */
export function axesOf(matrix: Matrix): readonly Axis[] {
  const { exclude: _, parameters = {}, ...fields } = matrix;
  const ofFields = (Object.keys(fields) as Field[]).map((field): Axis => {
    const given = ((fields[field] ?? []) as readonly AxisValue[]).map((one) => ({
      ...one,
      value: whole(field, one.value),
    }));
    const texts = settingTexts(
      field,
      given.map(({ value }) => value),
    );
    const points = given.map(({ label, value }, index): Point => {
      const text = texts[index] ?? '';
      return {
        item: label ?? index,
        label: label ?? asLabel(LABELS[field]?.(text) ?? text),
        text,
        key: exactKey(value),
        change: (settings) => CHANGES[field](settings, value as never),
      };
    });
    const find = (wanted: unknown) => {
      const checked = matrixFields[field].safeParse(wanted);
      return pointsNamed(points, checked.success ? exactKey(whole(field, checked.data)) : undefined, wanted);
    };
    return { path: [field], points, find };
  });
  const ofParameters = Object.entries(parameters).map(([name, values]): Axis => {
    const short = name.slice(name.lastIndexOf('.') + 1);
    const points = values.map(({ label, value }, index): Point => {
      return {
        item: label ?? index,
        label: label ?? asLabel(value === ABSENT ? `no-${short}` : `${short}${value ?? ''}`),
        text: String(value),
        key: parameterKey(value),
        change: (settings) => ({
          ...settings,
          guest: { ...settings.guest, parameters: { ...settings.guest?.parameters, [name]: value } },
        }),
      };
    });
    return { path: ['parameters', name], points, find: (given) => pointsNamed(points, parameterKey(given), given) };
  });
  return [...ofFields, ...ofParameters];
}

/** Two points of one axis cannot have one label: a variant's name has to tell them apart. */
export function labelFindings(axes: readonly Axis[]): readonly Finding[] {
  return axes.flatMap(({ path, points }): readonly Finding[] => {
    const labels = points.map(({ label }) => label);
    const twice = labels.find((label, index) => labels.indexOf(label) < index);
    if (twice === undefined) return [];
    const wrong = `two values of ${quote(String(path.at(-1)))} would both be called ${quote(twice)}`;
    return [{ path: ['matrix', ...path], at: 'value', wrong, expected: `each value once, or ${OWN_LABELS}` }];
  });
}

/**
 * Kernel parameters that go over values and over the bare flag, of which it is not clear whether the flag is meant: nothing
 * behind the colon reads as if the parameter were not there, and is mostly the same as the value 1 (kernel/params.c).
 */
export function bareFlagFindings({ parameters = {} }: Matrix): readonly Finding[] {
  return Object.entries(parameters).flatMap(([name, values]): readonly Finding[] => {
    const bare = values.findIndex(({ value }) => value === null);
    const hasValue = values.some(({ value }) => value !== null && value !== ABSENT);
    if (bare === -1 || !hasValue || values.some(({ value }) => value === ABSENT)) return [];
    const path = ['matrix', 'parameters', name, values[bare]?.label ?? bare];
    const wrong = `nothing, which is the bare flag ${quote(name)}, beside values of it`;
    const expected = `"${ABSENT}" where the parameter is not to be there, or variants of their own for the bare flag`;
    return [{ path, at: 'value', wrong, expected }];
  });
}

export const OWN_LABELS = 'labels of your own: a map from label to value in place of the list';

/** A value of an axis says all there is to say: what it leaves out does not come from the defaults. */
function whole(field: Field, value: unknown): unknown {
  return field === 'load' ? { guest: 0, host: 0, ...(value as Value<'load'>) } : value;
}

/**
 * A label is nearer to what is meant than a value that has its name. The last part of a path stands for it where it cannot be
 * a value of its own.
 */
function pointsNamed(points: readonly Point[], key: string | undefined, given: unknown): readonly Point[] {
  const word = typeof given === 'object' ? undefined : String(given);
  const labelled = points.filter(({ label }) => label === word);
  if (labelled.length > 0) return labelled;
  return points.filter((point) => (key === undefined ? point.text === word : point.key === key));
}

function asLabel(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[^A-Za-z0-9]+|_+$/g, '');
}
