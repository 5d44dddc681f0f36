import { setTimeout as delay } from 'node:timers/promises';
import { kernelLine } from '../../timeline/recording.ts';
import type { InspectStep, LoadStep, WaitStep } from '../../variant.ts';
import { askJournal } from '../session/observe.ts';
import type { Session } from '../session/session.ts';
import { type BootInProgress, breakAfterStep } from './boot-in-progress.ts';

/**
 * Lets time pass in the guest. An interrupt ends it, and is dealt with where the next step would begin.
 *
 * @param over ends it, too
 */
export async function pause(
  durationMs: number,
  { session, signal }: BootInProgress,
  over?: AbortSignal,
): Promise<void> {
  if (durationMs === 0) return;
  const ends = AbortSignal.any([signal, ...(over ? [over] : [])]);
  await (session?.clock === 'virtual'
    ? session.rest(durationMs)
    : delay(durationMs, undefined, { signal: ends }).catch(() => undefined));
}

export async function performWait(step: WaitStep, boot: BootInProgress): Promise<void> {
  const { session, broken } = boot;
  if (broken) return;
  if ('waitMs' in step) {
    await pause(step.waitMs, boot);
    return;
  }
  if (!session || (await waitForLog(step, boot, session))) return;
  const { until, timeoutMs } = step;
  breakAfterStep(boot, `within ${timeoutMs} ms the guest's kernel log had no line with ${JSON.stringify(until)}`);
}

/** The guest keeps its log until it is asked: often enough for a wait of tens of milliseconds, and no load to speak of. */
const LOG_POLL_MS = 25;

/**
 * Waits for a line with this text in the guest's kernel log, among those since the operation before began. False when
 * there was none in time. Right after a restore those that the guest had written before it was saved count, as they would
 * after a boot. What is fetched on the way stays in the recording, as part of the gap between two operations.
 */
async function waitForLog(
  { until, timeoutMs }: { readonly until: string; readonly timeoutMs: number },
  { recorder, signal, restored }: BootInProgress,
  session: Session,
): Promise<boolean> {
  const from = recorder.events.findLastIndex((event) => event.source === 'harness' && event.event === 'begin');
  const last = recorder.events[from];
  const isAfterBoot = last?.source === 'harness' && last.event === 'begin' && last.operation.operation === 'boot';
  if (isAfterBoot && restored?.kernelLog.some((text) => text.includes(until))) return true;
  const isThere = () => recorder.events.slice(Math.max(0, from)).some((event) => kernelLine(event)?.includes(until));
  const end = performance.now() + timeoutMs;
  while (!isThere()) {
    if (signal.aborted || performance.now() >= end) return signal.aborted;
    // Without the lines that tie the kernel log's clock: they are sent with operations only.
    if (!(await askJournal(session, false))) return false;
    if (!isThere()) await session.rest(LOG_POLL_MS);
  }
  return true;
}

/** Modules of the guest kernel that an inspection needs where they are not built in: VFIO for PCI, over an IOMMU. */
export const INSPECTION_MODULES: readonly string[] = ['vfio_pci', 'vfio_iommu_type1'];

/** Taking devices from their drivers and giving them back takes a second under TCG, in which the guest says nothing. */
const CLAIM_SILENCE_MS = 30_000;

/** An inspection is no operation: one that fails is a fact that is not known. But it has to leave the guest as it was. */
export async function inspect({ devices }: InspectStep, boot: BootInProgress): Promise<void> {
  const { session, broken, operations } = boot;
  if (!session || broken) return;
  const changed = await inspectIommuGroups(
    session,
    devices.map(({ slot }) => operations.placeOf(slot)),
  );
  if (changed !== undefined) breakAfterStep(boot, `after the inspection: ${changed}`);
}

/**
 * Has the guest list its IOMMU groups and claim devices for userspace: the first of `places` while the others stay with
 * their kernel drivers, then the first two for two drivers at the same time. What it finds is read from the recording
 * later; here it only matters whether the guest is as it was before. Undefined if it is, otherwise what is not.
 */
export async function inspectIommuGroups(session: Session, places: readonly string[]): Promise<string | undefined> {
  const [first, second] = places;
  if (first === undefined) throw new Error('an unchecked scenario inspects where nothing is plugged');
  const claims = second === undefined ? [first] : [first, `${first},${second}`];
  if (!(await session.ask('inventory'))) return 'the guest did not list its PCI functions';
  for (const claimed of claims) {
    const answers = await session.ask('claim', { places: claimed }, CLAIM_SILENCE_MS);
    if (!answers) return `the guest did not answer while ${claimed} was handed to userspace`;
    const stuck = answers.find(({ kind, fields }) => kind === 'returned' && fields.reason !== undefined);
    if (stuck) return `${stuck.fields.place} did not get its kernel driver back: ${stuck.fields.reason}`;
  }
  // What the guest has noted until here does not belong to the next operation. Lines that tie the log's clock are sent with
  // operations only.
  await askJournal(session, false);
  return undefined;
}

/** How many CPUs are kept busy at this moment. A load within a load comes on top of it. */
interface Busy {
  readonly guestCpus: number;
  readonly hostCpus: number;
}

const IDLE: Busy = { guestCpus: 0, hostCpus: 0 };

/** Starts busy processes in the guest and on the host. Gives what ends them again. */
export async function keepBusy({ guestCpus, hostCpus }: LoadStep, boot: BootInProgress): Promise<() => Promise<void>> {
  const { session, broken, recorder, startHostLoad } = boot;
  if (!session || broken) return async () => {};
  const before = recorder.events.findLast((event) => event.source === 'harness' && event.event === 'load');
  const outer: Busy = before?.source === 'harness' && before.event === 'load' ? before : IDLE;

  const loads: { kill(): Promise<unknown> }[] = [];
  for (let cpu = 0; cpu < hostCpus; cpu += 1) {
    const started = await startHostLoad();
    if (started.ok) loads.push(started.value);
    else breakAfterStep(boot, started.failure);
  }
  const all: Busy = { guestCpus: outer.guestCpus + guestCpus, hostCpus: outer.hostCpus + hostCpus };
  const answers = await session.ask('load', { cpus: String(all.guestCpus) });
  if (!answers?.some(({ kind }) => kind === 'done')) breakAfterStep(boot, 'the guest did not start its load');
  recorder.record({ source: 'harness', event: 'load', ...all });
  return async () => {
    await Promise.all(loads.map((load) => load.kill()));
    if (!boot.broken) await session.ask('load', { cpus: String(outer.guestCpus) });
    recorder.record({ source: 'harness', event: 'load', guestCpus: outer.guestCpus, hostCpus: outer.hostCpus });
  };
}
