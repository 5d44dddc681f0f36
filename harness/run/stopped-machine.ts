import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineSpec } from '../qemu/command-line.ts';
import { ok, type Result } from '../result.ts';
import type { RecordingHeader } from '../timeline/recording.ts';
import { openRecorder } from './recorder.ts';
import { type Session, type SessionPlace, startSession } from './session.ts';

export type MachinePlace = Pick<SessionPlace, 'registry' | 'qemu'>;

/** Starts the machine, stopped before its first instruction, to be asked and never run; nothing of it is left after. */
export async function onStoppedMachine<Answer>(
  spec: MachineSpec,
  place: MachinePlace,
  ask: (session: Session) => Promise<Answer>,
): Promise<Result<Answer, string>> {
  const directory = await mkdtemp(join(place.registry.directory, 'stopped-'));
  const header: RecordingHeader = {
    recording: 1,
    runId: 'stopped-machine',
    scenario: '',
    variant: '',
    topology: spec.topology.name,
    controller: spec.topology.controller,
    accelerator: spec.accelerator,
    boot: 1,
    startedAt: new Date().toISOString(),
  };
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
