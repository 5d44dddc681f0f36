import type { AxisValue } from './matrix-schema.ts';
import type { Finding, Path } from './problem.ts';
import { type Matrix, matrixFields, type Settings } from './schema.ts';
import { settingText } from './setting-text.ts';
import { quote } from './words.ts';

/** One thing that a matrix goes over. */
export interface Axis {
  /** Below `matrix`: `['cpus']` or `['parameters', name]`. */
  readonly path: Path;
  readonly points: readonly Point[];
  /** The point that an exclusion means. */
  readonly find: (given: unknown) => Point | undefined;
}

export interface Point {
  /** Its part of the variant's name. */
  readonly label: string;
  /** The value in one word. */
  readonly text: string;
  readonly change: (settings: Settings) => Settings;
}

type Field = keyof typeof matrixFields;
type Value<Name extends Field> = NonNullable<Matrix[Name]> extends readonly AxisValue<infer Given>[] ? Given : never;

/** Where each field of a matrix goes. */
const CHANGES: { readonly [Name in Field]: (settings: Settings, value: Value<Name>) => Settings } = {
  topology: (settings, topology) => ({ ...settings, topology }),
  machine: (settings, machine) => ({ ...settings, machine }),
  qemu: (settings, qemu) => ({ ...settings, qemu }),
  kernel: (settings, kernel) => ({ ...settings, guest: { ...settings.guest, kernel } }),
  cpus: (settings, cpus) => ({ ...settings, guest: { ...settings.guest, cpus } }),
  memory: (settings, memory) => ({ ...settings, guest: { ...settings.guest, memory } }),
  iommu: (settings, iommu) => ({ ...settings, guest: { ...settings.guest, iommu } }),
  accelerator: (settings, accelerator) => ({ ...settings, accelerator }),
  boot_mode: (settings, mode) => ({ ...settings, boot_mode: mode }),
  clock: (settings, clock) => ({ ...settings, clock }),
  device: (settings, device) => ({ ...settings, device }),
  count: (settings, count) => ({ ...settings, count }),
  // A value of an axis says all there is to say: what it leaves out does not come from the defaults.
  load: (settings, load) => ({ ...settings, load: { guest: 0, host: 0, ...load } }),
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
    const points = ((fields[field] ?? []) as readonly AxisValue[]).map(({ label, value }): Point => {
      const text = settingText(field, value);
      return {
        label: label ?? asLabel(LABELS[field]?.(text) ?? text),
        text,
        change: (settings) => CHANGES[field](settings, value as never),
      };
    });
    const find = (given: unknown) => {
      const checked = matrixFields[field].safeParse(given);
      return pointNamed(points, checked.success ? settingText(field, checked.data) : undefined, given);
    };
    return { path: [field], points, find };
  });
  const ofParameters = Object.entries(parameters).map(([name, values]): Axis => {
    const short = name.slice(name.lastIndexOf('.') + 1);
    const points = values.map(({ label, value }): Point => {
      return {
        label: label ?? asLabel(`${short}${value ?? ''}`),
        text: String(value),
        change: (settings) => ({
          ...settings,
          guest: { ...settings.guest, parameters: { ...settings.guest?.parameters, [name]: value } },
        }),
      };
    });
    return { path: ['parameters', name], points, find: (given) => pointNamed(points, String(given), given) };
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

export const OWN_LABELS = 'labels of your own: a map from label to value in place of the list';

/** A label is nearer to what is meant than a value that has its name. */
function pointNamed(points: readonly Point[], text: string | undefined, given: unknown): Point | undefined {
  const word = typeof given === 'object' ? undefined : String(given);
  return points.find(({ label }) => label === word) ?? points.find((point) => point.text === (text ?? word));
}

function asLabel(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[^A-Za-z0-9]+|_+$/g, '');
}
