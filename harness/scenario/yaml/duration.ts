/** A duration as text; `durationIn` says how long it is. */
export const DURATION = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h)$/;
const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const MIN_DURATION_MS = 1;
export const MAX_DURATION_MS = 3_600_000;

/** In milliseconds; not a number for a text that is none. */
export function durationIn(text: string): number {
  const [, amount = '', unit = ''] = DURATION.exec(text) ?? [];
  return Number(amount) * (MS_PER_UNIT[unit] ?? Number.NaN);
}

/** Whether it is from 1 ms to an hour: what is outside is a slip of the unit. */
export function isDuration(milliseconds: number): boolean {
  return milliseconds >= MIN_DURATION_MS && milliseconds <= MAX_DURATION_MS;
}
