import { z } from 'zod';
import { DURATION, durationIn, isDuration, MAX_DURATION_MS } from './duration.ts';

/** QEMU's own size letters, powers of 1024, with or without the iB of the standard. */
const MEMORY = /^(\d+(?:\.\d+)?) ?([KkMmGgTt])(?:iB)?$/;
const MIB_PER_UNIT: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };
/** Below it a Linux guest with an initramfs does not start. */
const MIN_MEMORY_MIB = 64;
/** More than any host has that this is meant for: a slip of the unit. */
const MAX_MEMORY_MIB = 1024 * 1024;

/** Guest memory in whole MiB, from a number of MiB or a text such as `512M` or `1.5G`. */
export const memoryMiB = z
  .union([z.int().min(MIN_MEMORY_MIB).max(MAX_MEMORY_MIB), z.string().regex(MEMORY)])
  .transform((input, context) => {
    const [, amount = '', unit = ''] =
      typeof input === 'string' ? (MEMORY.exec(input) ?? []) : ['', String(input), 'M'];
    const mebibytes = Number(amount) * (MIB_PER_UNIT[unit.toUpperCase()] ?? Number.NaN);
    if (Number.isInteger(mebibytes) && mebibytes >= MIN_MEMORY_MIB && mebibytes <= MAX_MEMORY_MIB) return mebibytes;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: 'a size from 64M to 1T such as 512M or 1G, or a number of MiB' });

/** A moment in milliseconds after another: a duration that may be 0. */
export const offsetMs = z
  .string()
  .regex(DURATION)
  .transform((input, context) => {
    const milliseconds = durationIn(input);
    if (milliseconds <= MAX_DURATION_MS) return milliseconds;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: 'a duration from 0ms to 1h such as 0ms, 500ms or 3s' });

/** A time in milliseconds, from a text with its unit such as `3s`, `500ms` or `2m`. */
export const durationMs = z
  .string()
  .regex(DURATION)
  .transform((input, context) => {
    const milliseconds = durationIn(input);
    if (isDuration(milliseconds)) return milliseconds;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  })
  .meta({ title: 'a duration from 1ms to 1h such as 500ms, 3s or 2m' });

const PERCENTAGE = /^(\d+(?:\.\d+)?) ?%$/;
const MAX_PERCENT = 100;

/** A share from a text such as `5%`, which is 0.05; not below so many per cent. */
export function percentage(leastPercent: number) {
  return z
    .string()
    .regex(PERCENTAGE)
    .transform((input, context) => {
      const percent = Number(PERCENTAGE.exec(input)?.[1]);
      if (percent >= leastPercent && percent <= MAX_PERCENT) return percent / 100;
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    })
    .meta({ title: `a percentage from ${leastPercent}% to ${MAX_PERCENT}% such as 5%` });
}
