/** What a process has used by its end. */
export interface ResourceUse {
  /** User and system time of all its threads, in milliseconds. */
  readonly cpuMs: number;
  /** Peak resident memory, in bytes. */
  readonly peakBytes: number;
}

/** Names the file in which a probed process leaves its `ResourceUse`. */
export const RESOURCE_FILE = 'HOTPLUG_BENCH_RESOURCE_FILE';
