import { OPERATIONS, type OperationName, type Sample } from '../vocabulary.ts';

/** What a variant's operations have for their time, as its scenario says. */
export interface Limits {
  readonly deadlines: Deadlines;
  /** Absent where a run of an earlier version does not say when it gave up. */
  readonly timeouts?: Deadlines;
}

const KEYS = {
  boot: 'bootMs',
  start: 'startMs',
  plug: 'plugMs',
  unplug: 'unplugMs',
  'until-usable': 'untilUsableMs',
} as const;

/** Times by the names of their operations, as files have them; null is none. */
export function timesOf(byName: Readonly<Partial<Record<OperationName, number | null | undefined>>>): Deadlines {
  const times: { -readonly [Key in keyof Deadlines]: Deadlines[Key] } = {};
  for (const operation of OPERATIONS) {
    const ms = byName[operation];
    if (ms != null) times[KEYS[operation]] = ms;
  }
  return times;
}

/** The deadline of an operation in milliseconds; undefined where there is none. */
export function deadlineOf({ deadlines }: Limits, operation: OperationName): number | undefined {
  return deadlines[KEYS[operation]];
}

/** After how many milliseconds an operation is given up; undefined where that is not known. */
export function timeoutOf({ timeouts }: Limits, operation: OperationName): number | undefined {
  if (operation === 'start') {
    const { bootMs, plugMs } = timeouts ?? {};
    return bootMs === undefined || plugMs === undefined ? undefined : startTimeoutMs({ bootMs, plugMs });
  }
  return timeouts?.[KEYS[operation]];
}

/** A device that is there from the start becomes usable in a boot, and after it as one that is plugged does. */
export function startTimeoutMs({ bootMs, plugMs }: { readonly bootMs: number; readonly plugMs: number }): number {
  return bootMs + plugMs;
}

type Missable = Pick<Sample, 'outcome' | 'latencyMs'> & Partial<Pick<Sample, 'refusedAfterMs' | 'expected'>>;

/**
 * Whether an operation was not done within `limitMs`: done later, or never. Whoever waits does not ask which of the
 * two, nor whether the scenario knows of it. Undefined for what was not tried, for what was given up before the
 * deadline, and for what QEMU refused as the scenario expects, or another step withdrew: nobody waits for that.
 */
export function missesDeadline(
  { outcome, latencyMs, refusedAfterMs, expected }: Missable,
  limitMs: number,
  timeoutMs: number | undefined,
): boolean | undefined {
  if (latencyMs !== undefined) return latencyMs > limitMs;
  if (outcome === 'aborted' || outcome === 'withdrawn' || (refusedAfterMs !== undefined && expected)) return undefined;
  if (outcome === 'timeout' && timeoutMs !== undefined && timeoutMs < limitMs) return undefined;
  return true;
}

/** What users wait for at the most, in milliseconds; a sample over it is late, not failed. */
export interface Deadlines {
  readonly bootMs?: number;
  readonly startMs?: number;
  readonly plugMs?: number;
  readonly unplugMs?: number;
  readonly untilUsableMs?: number;
}
