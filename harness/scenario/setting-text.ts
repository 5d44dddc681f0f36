import { basename } from 'node:path';
import { z } from 'zod';
import { devices } from '../machine/device/index.ts';
import { topologies } from '../machine/topology/index.ts';
import { isMapValue } from './expected-words.ts';

interface Choice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface BusyCpus {
  readonly guest?: number;
  readonly host?: number;
}

interface KernelFiles {
  readonly image: string;
  readonly modules?: string;
}

interface PatchedSetting {
  readonly patched: string;
}

interface UnpatchedSetting {
  readonly unpatched: string;
}

interface DebianSetting {
  readonly debian: string;
  readonly version?: string;
}

type SuiteSetting = DebianSetting | PatchedSetting | UnpatchedSetting;
type KernelSetting = string | KernelFiles | SuiteSetting;

/** Settings that are not a word or number of the file's own. */
const TEXTS: Readonly<Record<string, (value: never) => string>> = {
  topology: (choice: Choice) => choiceText(choice, topologies.get(choice.name)?.options),
  device: (choice: Choice) => choiceText(choice, devices.get(choice.name)?.options),
  memory: (mebibytes: number) => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}G` : `${mebibytes}M`),
  load: ({ guest = 0, host = 0 }: BusyCpus) =>
    [guest > 0 ? `guest${guest}` : '', host > 0 ? `host${host}` : ''].filter(Boolean).join('-') || 'idle',
  kernel: (kernel: KernelSetting) => {
    if (typeof kernel === 'string') return kernel;
    return 'image' in kernel ? basename(kernel.image) : suiteText(kernel);
  },
  qemu: (qemu: string | DebianSetting) => (typeof qemu === 'string' ? basename(qemu) : suiteText(qemu)),
};

/** Settings whose text is only a part of them, such as the end of a path, with all of it. */
const WHOLE: Readonly<Record<string, (value: never) => string>> = {
  kernel: (kernel: KernelSetting) => {
    if (typeof kernel === 'string') return kernel;
    return 'image' in kernel ? [kernel.image, kernel.modules].filter(Boolean).join(' ') : wholeSuiteText(kernel);
  },
  qemu: (qemu: string | DebianSetting) => (typeof qemu === 'string' ? qemu : wholeSuiteText(qemu)),
};

/** The value of a setting in one word: the file's own where it has one, and otherwise what differs from the defaults. */
export function settingText(setting: string, value: unknown): string {
  return TEXTS[setting]?.(value as never) ?? String(value);
}

/**
 * Values of one setting, each in one word. Of a path it is the last part, and of a Debian version the suite, unless another
 * value would be called the same: two builds of QEMU mostly have one name in two directories.
 */
export function settingTexts(setting: string, values: readonly unknown[]): readonly string[] {
  const short = values.map((value) => ({ text: settingText(setting, value), key: exactKey(value) }));
  return short.map(({ text, key }, index) => {
    const isClear = short.every((other) => other.text !== text || other.key === key);
    return isClear ? text : (WHOLE[setting]?.(values[index] as never) ?? text);
  });
}

/** The same for two values exactly where they are the same, whatever the order of their keys: for telling them apart. */
export function exactKey(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isMapValue(part) ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** Where the value of a kernel parameter could stand: the command line is to be without it. */
export const ABSENT = 'absent';

/** A kernel parameter is text, however the file writes it; one without a value is a flag. */
export function parameterKey(value: unknown): string {
  return exactKey(value === null ? null : String(value));
}

function suiteText(setting: SuiteSetting): string {
  if ('patched' in setting) return `patched-${setting.patched}`;
  return 'unpatched' in setting ? `unpatched-${setting.unpatched}` : `debian-${setting.debian}`;
}

function wholeSuiteText(setting: SuiteSetting): string {
  return 'debian' in setting && setting.version !== undefined
    ? `${suiteText(setting)}-${setting.version}`
    : suiteText(setting);
}

/** `pcie-root-port-ports4`, `custom-e1000`: of an option that has to be there, the value says enough. */
function choiceText({ name, options }: Choice, schema: z.ZodType | undefined): string {
  const shape: z.ZodRawShape = schema instanceof z.ZodObject ? schema.shape : {};
  const own = Object.entries(options).flatMap(([key, set]) => {
    const option = shape[key] as z.ZodType | undefined;
    const unset = option?.safeParse(undefined);
    if (JSON.stringify(unset?.data) === JSON.stringify(set)) return [];
    const text = plainText(set);
    return [option && !unset?.success ? text : `${key}${text}`];
  });
  return [name, ...own].join('-');
}

/** `_file_/a.raw`, for a person and for names: not as JSON, and with the names that variants have had since it was. */
function plainText(value: unknown): string {
  const parts = Array.isArray(value) ? value : isMapValue(value) ? Object.entries(value).flat() : undefined;
  return parts === undefined ? String(value) : `_${parts.map(plainText).join('_')}`.replaceAll(/__+/g, '_');
}
