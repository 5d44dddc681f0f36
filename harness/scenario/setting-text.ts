import { basename } from 'node:path';
import { z } from 'zod';
import { devices } from '../device/index.ts';
import { topologies } from '../topology/index.ts';

interface Choice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface BusyCpus {
  readonly guest?: number;
  readonly host?: number;
}

/** Settings that are not a word or number of the file's own. */
const TEXTS: Readonly<Record<string, (value: never) => string>> = {
  topology: (choice: Choice) => choiceText(choice, topologies.get(choice.name)?.options),
  device: (choice: Choice) => choiceText(choice, devices.get(choice.name)?.options),
  memory: (mebibytes: number) => (mebibytes % 1024 === 0 ? `${mebibytes / 1024}G` : `${mebibytes}M`),
  load: ({ guest = 0, host = 0 }: BusyCpus) =>
    [guest > 0 ? `guest${guest}` : '', host > 0 ? `host${host}` : ''].filter(Boolean).join('-') || 'idle',
  kernel: (kernel: string | { readonly image: string }) =>
    typeof kernel === 'string' ? kernel : basename(kernel.image),
  qemu: (path: string) => basename(path),
};

/** The value of a setting in one word: the file's own where it has one, and otherwise what differs from the defaults. */
export function settingText(setting: string, value: unknown): string {
  return TEXTS[setting]?.(value as never) ?? String(value);
}

/** `pcie-root-port-ports4`, `custom-e1000`: of an option that has to be there, the value says enough. */
function choiceText({ name, options }: Choice, schema: z.ZodType | undefined): string {
  const shape: z.ZodRawShape = schema instanceof z.ZodObject ? schema.shape : {};
  const own = Object.entries(options).flatMap(([key, set]) => {
    const option = shape[key] as z.ZodType | undefined;
    const unset = option?.safeParse(undefined);
    if (JSON.stringify(unset?.data) === JSON.stringify(set)) return [];
    const text = typeof set === 'object' ? JSON.stringify(set) : String(set);
    return [option && !unset?.success ? text : `${key}${text}`];
  });
  return [name, ...own].join('-');
}
