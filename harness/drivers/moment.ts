/** Something that happened during an operation, at a time on the recording's clock, wherever it was seen. */
export type Moment = { readonly atMs: number } & (
  | { readonly source: 'qmp'; readonly what: 'sent' | 'returned'; readonly command: string }
  | {
      readonly source: 'qmp';
      readonly what: 'event';
      readonly name: string;
      readonly device: string;
      readonly path: string;
    }
  | { readonly source: 'kernel'; readonly text: string }
  | { readonly source: 'uevent'; readonly action: string; readonly subsystem: string; readonly path: string }
  /** The guest's CLOCK_MONOTONIC began; its kernel log's clock did. */
  | { readonly source: 'agent'; readonly what: 'clock-zero' | 'log-zero' }
  /** The firmware handed over to the kernel's image (run/session/kernel-entry.ts). */
  | { readonly source: 'harness'; readonly what: 'kernel-entry' }
  /** The agent got the uevent of the device it waits for, which is of this class (harness/machine/device, UsableClass). */
  | { readonly source: 'agent'; readonly what: 'appeared'; readonly class: string }
  /** From here until `untilMs` something may have been seen that was lost; either may be infinite. */
  | { readonly source: 'hole'; readonly untilMs: number; readonly text: string }
);

/** That an operation began to wait behind others, or that its turn came: found by reasoning, not seen. */
export interface QueueMoment {
  readonly atMs: number;
  readonly source: 'queue';
  readonly what: 'joined' | 'served';
}
