import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpec } from '../../qemu/command-line.ts';
import { ok, type Result } from '../../result.ts';
import { headerOutsideRuns, openRecorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import { type SessionPlace, startSession } from '../session/start-session.ts';
import { type Drivers, parseDrivers } from './device-refusal.ts';

export type MachinePlace = Pick<SessionPlace, 'registry' | 'qemu'>;

/** Starts the machine, stopped before its first instruction, to be asked and never run; nothing of it is left after. */
export async function onStoppedMachine<Answer>(
  spec: MachineSpec,
  place: MachinePlace,
  ask: (session: Session) => Promise<Answer>,
): Promise<Result<Answer, string>> {
  const directory = await mkdtemp(join(place.registry.directory, 'stopped-'));
  const header = headerOutsideRuns('stopped-machine', spec);
  const recorder = openRecorder(join(directory, 'recording.jsonl'), header, process.hrtime.bigint());
  const started = await startSession(spec, { ...place, logDirectory: directory }, recorder);
  try {
    return started.ok ? ok(await ask(started.value)) : started;
  } finally {
    if (started.ok) await started.value.stop('at-once');
    recorder.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What QEMU says of a driver that can only be there from the start (qdev_get_device_class()). */
export const NOT_PLUGGABLE = /expects a pluggable device type$/;

/** No topology has a bus of this name. */
const NO_BUS = 'no-such-bus';

/**
 * QEMU 7.2 takes some 80 ms to refuse a device, most of it asleep: qmp_device_add() waits for all RCU callbacks. So many
 * machines are asked side by side about their share of some hundred drivers.
 */
const MACHINES = 8;

/** Drivers for PCI that can be plugged into such a machine while it runs; none where it does not start. */
export async function pluggableDrivers(spec: MachineSpec, place: MachinePlace): Promise<Drivers> {
  const listed = await onStoppedMachine(spec, place, (session) =>
    session.execute({ execute: 'human-monitor-command', arguments: { 'command-line': 'device_add help' } }),
  );
  const all = parseDrivers(listed.ok && listed.value.ok ? String(listed.value.value) : '');
  const names = [...all.values()].flat();
  const shares = Array.from({ length: MACHINES }, (_, machine) => names.filter((_name, i) => i % MACHINES === machine));
  const asked = shares.map((share) => onStoppedMachine(spec, place, (session) => pluggable(session, share)));
  const can = new Set((await Promise.all(asked)).flatMap((one) => (one.ok ? one.value : [])));
  const kept = [...all].map(([category, drivers]) => [category, drivers.filter((driver) => can.has(driver))] as const);
  return new Map(kept.filter(([, drivers]) => drivers.length > 0));
}

/** QEMU looks at the kind of device before it looks for the bus (qdev_device_add_from_qdict()), so none is made. */
async function pluggable(session: Session, drivers: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const driver of drivers) {
    const reply = await session.execute({ execute: 'device_add', arguments: { driver, bus: NO_BUS } });
    if (!reply.ok && !NOT_PLUGGABLE.test(ownWords(reply.failure))) found.push(driver);
  }
  return found;
}

/** What QEMU said, without the command and the class of the error, which `Session` puts before it. */
export function ownWords(failure: string): string {
  return failure.replace(/^[\w-]+: \w+: /, '');
}
