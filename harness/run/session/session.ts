import type { AgentMessage } from '../../guest/protocol.ts';
import type { BackendProcess } from '../../machine/device/device.ts';
import type { QmpCommand } from '../../machine/qemu-syntax.ts';
import type { ManagedProcess } from '../../qemu/process-registry.ts';
import type { Result } from '../../result.ts';
import type { Operation } from '../../timeline/recording.ts';
import type { Clock } from '../../vocabulary.ts';

/**
 * How long nothing at all may come from a machine that a command, or a request to the agent, waits for; times how slow the
 * guest is, where that is known. QEMU replies in milliseconds, unless a backend keeps it waiting. The agent's longest work
 * without a word, to list all PCI functions, takes milliseconds, too, and a host may be too busy to run QEMU for some seconds.
 */
export const COMMAND_SILENCE_MS = 20_000;
export const ASK_SILENCE_MS = 10_000;

/** One VM: its process and its channels. Everything that comes in goes to the recorder. */
export interface Session {
  /**
   * Sends a QMP command, for an operation or for none, and waits for its reply. The reply is in the recording; a failure
   * also in the answer.
   */
  execute(command: QmpCommand, operation?: Operation): Promise<Result<unknown, string>>;
  /**
   * Asks the agent. Its answers to this request, the last of which is `done`, or the single one that closes a request
   * that has no `done`; undefined when nothing had come from the machine for `silenceMs`, times how slow this guest is.
   */
  ask(
    verb: string,
    fields?: Readonly<Record<string, string>>,
    silenceMs?: number,
  ): Promise<readonly AgentMessage[] | undefined>;
  /** How many times slower this guest has been seen to be than the one that the harness's limits are chosen for. */
  slowness(): number;
  /** What the guest's time is measured on; a virtual one stands still unless something is waited for. */
  readonly clock: Clock;
  /**
   * Has the guest read its clock and the host's at once, where it can (ptp_kvm); false where it cannot. The reading, or why
   * there is none, is in the recording.
   */
  pairClocks(): Promise<boolean>;
  /** Lets the guest go on while `wait` lasts; on the real clock it always does. */
  letRun<Answer>(wait: () => Promise<Answer>): Promise<Answer>;
  /** Lets so many milliseconds pass in the guest. */
  rest(durationMs: number): Promise<void>;
  /** A new private folder for sockets of a device's backend. */
  newDirectory(): Promise<string>;
  /** Starts a process beside the machine, which ends with it. */
  startBackend(process: BackendProcess): Promise<Result<ManagedProcess, string>>;
  /** Ends the machine: an orderly power-off when asked for and the guest answers, a kill otherwise. */
  stop(how: 'orderly' | 'at-once'): Promise<void>;
}
