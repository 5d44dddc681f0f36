import { conclusionOf } from '../../timeline/conclusion.ts';
import { kernelLine, type Operation } from '../../timeline/recording.ts';
import type { MachineStep } from '../../variant.ts';
import { observeBoot } from '../session/observe.ts';
import type { Session } from '../session/session.ts';
import { type BootInProgress, breakAfterStep } from './boot-in-progress.ts';
import { meetGuest } from './meet-guest.ts';
import { pause } from './unmeasured-steps.ts';

/** When something that is prepared begins: so many milliseconds after all that begin with it are prepared, too. */
export interface Start {
  readonly together: () => Promise<void>;
  readonly afterMs: number;
}

/** Does what a client does to the machine. It is no operation: nothing but its events is in the recording. */
export async function performMachineStep(
  { operation }: MachineStep,
  boot: BootInProgress,
  { together, afterMs }: Start,
): Promise<void> {
  const { session, signal } = boot;
  await together();
  await pause(afterMs, boot);
  // A machine that stands still goes on, whatever has become of the operations.
  if (!session || signal.aborted || (boot.broken && operation !== 'resume')) return;
  boot.recorder.record({ source: 'harness', event: 'machine-step', step: operation });
  const failure = await STEPS[operation](boot, session);
  if (failure !== undefined) breakAfterStep(boot, failure);
}

/** Each says what went wrong, if anything did. */
const STEPS: Readonly<
  Record<MachineStep['operation'], (boot: BootInProgress, session: Session) => Promise<string | undefined>>
> = {
  pause: (_, session) => tell(session, 'stop'),
  resume: (_, session) => tell(session, 'cont'),
  rescan: rescanBuses,
  reset: resetMachine,
};

async function tell(session: Session, execute: string, given: Record<string, unknown> = {}) {
  const done = await session.execute({ execute, arguments: given });
  return done.ok ? undefined : done.failure;
}

/** A rescan waits until a hot-plug driver has brought up or powered off what it is at, which takes some seconds. */
const RESCAN_SILENCE_MS = 30_000;

async function rescanBuses(_: BootInProgress, session: Session): Promise<string | undefined> {
  const answers = await session.ask('rescan', {}, RESCAN_SILENCE_MS);
  const refusal = answers?.find(({ kind }) => kind === 'rejected');
  if (refusal) return `the guest could not rescan its PCI buses: ${refusal.fields.reason}`;
  return answers ? undefined : 'the guest did not come to the end of a rescan of its PCI buses';
}

/** As what the guest's second boot is read: what ends it ends any boot. */
const SECOND_BOOT: Operation = { operation: 'boot', cycle: 0, warmup: false, sequence: 0, timeoutMs: 0 };

/**
 * Presses the machine's reset button, and waits until the agent of the guest that boots then is ready. A machine that is started
 * with -no-reboot ends at a reset unless it is told otherwise, which QEMU can be since 6.0 (qapi/run-state.json, set-action).
 */
async function resetMachine(boot: BootInProgress, session: Session): Promise<string | undefined> {
  const { recorder, signal, variant } = boot;
  const from = recorder.events.length;
  const refusal = (await tell(session, 'set-action', { reboot: 'reset' })) ?? (await tell(session, 'system_reset'));
  if (refusal !== undefined) return `the machine could not be reset: ${refusal}`;
  const { bootMs } = variant.timeouts;
  const ended = await Promise.race([
    recorder.waitFor(from, (event) => conclusionOf(SECOND_BOOT, event), bootMs),
    new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true })),
  ]);
  if (signal.aborted) return undefined;
  if (!ended) return `after the reset the guest was not ready within ${bootMs} ms`;
  if (ended.outcome !== 'ok') return `after the reset: ${ended.detail}`;
  // Not before: SeaBIOS, which finds its own copy in memory, resets the machine once more itself.
  await tell(session, 'set-action', { reboot: 'shutdown' });
  await observeBoot(session);
  const kernelLog = recorder.events.slice(from).flatMap((event) => kernelLine(event) ?? []);
  await meetGuest(boot, session, kernelLog);
  await session.rest(boot.slotRestMs);
  return undefined;
}
