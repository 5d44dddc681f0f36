import type { BootMode, OperationName } from '../harness/vocabulary.ts';
import { formatMs } from './format.ts';

/** 6216 ms, 57.1 ms: one unit throughout, so that figures can be compared at a glance. */
export function ms(value: number): string {
  return `${formatMs(value)} ms`;
}

/** What a duration of a clock is counted in. Virtual time is not the host's, and nobody must take it for that. */
export function unitOf(clock: string): string {
  return clock === 'virtual' ? 'virtual ms' : 'ms';
}

/** Durations of a clock, with their unit: 6216 ms, 4.88 virtual ms. */
export function msOf(clock: string): (value: number) => string {
  return (value) => `${formatMs(value)} ${unitOf(clock)}`;
}

/** A figure beside a mark of a chart: without its unit where that is long, since the axis has it. */
export function labelOf(value: number, clock: string): string {
  return clock === 'virtual' ? formatMs(value) : ms(value);
}

/** How many times one is the other, for a sentence: 1.04 times, 3.2 times, 110 times. */
export function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio >= 2 ? ratio.toFixed(1) : ratio.toFixed(2)} times`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 99.5 && value < 100 ? value.toFixed(1) : value >= 1 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

export function count(n: number, what: string, plural = `${what}s`): string {
  return `${n} ${n === 1 ? what : plural}`;
}

/** Names in a sentence: a, b and c; beyond so many of them, a, b and 22 more. */
export function list(names: readonly string[], atMost = Number.POSITIVE_INFINITY): string {
  const all = names.length > atMost ? [...names.slice(0, atMost - 1), `${names.length - atMost + 1} more`] : names;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

/** An interval in milliseconds, with its level. */
export function interval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `95 % CI ${formatMs(low)} to ${formatMs(high)}`;
}

/** `plug`, `plug virtio-net` where a variant plugs devices of several kinds, `boot, restored` for one from a snapshot. */
export function operationName({
  operation,
  device,
  bootMode,
}: {
  readonly operation: OperationName;
  readonly device?: string;
  readonly bootMode: BootMode;
}): string {
  const about = device === undefined ? operation : `${operation} ${device}`;
  return operation === 'boot' && bootMode === 'snapshot' ? `${about}, restored` : about;
}
