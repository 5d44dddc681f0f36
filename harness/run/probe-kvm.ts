import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KvmProbe } from '../qemu/accelerator.ts';
import type { MachineSpec } from '../qemu/command-line.ts';
import { judge } from '../timeline/judge.ts';
import type { Operation, RecordingHeader } from '../timeline/recording.ts';
import { bootMachine, continueMachine } from './boot-machine.ts';
import { openRecorder } from './recorder.ts';
import { type SessionPlace, startSession } from './session.ts';

/**
 * How long the guest may take to get ready under KVM before KVM counts as unusable. Debian's generic kernel gets there
 * in one to two seconds on real hardware and in five under TCG; a machine slower than TCG is of no use as KVM.
 */
const PROBE_TIMEOUT_MS = 8_000;

const BOOT: Operation = { operation: 'boot', cycle: 0, warmup: false, sequence: 0, timeoutMs: PROBE_TIMEOUT_MS };

/** Boots the real guest once under KVM, in a folder of its own that is removed, and says whether it got ready. */
export async function probeKvm(
  spec: MachineSpec,
  place: Pick<SessionPlace, 'registry' | 'qemu'>,
  signal: AbortSignal,
): Promise<KvmProbe | undefined> {
  const directory = await mkdtemp(join(place.registry.directory, 'probe-'));
  const header: RecordingHeader = {
    recording: 1,
    runId: 'kvm-probe',
    scenario: '',
    variant: '',
    topology: spec.topology.name,
    controller: spec.topology.controller,
    accelerator: 'kvm',
    boot: 1,
    startedAt: new Date().toISOString(),
  };
  const recorder = openRecorder(join(directory, 'recording.jsonl'), header, process.hrtime.bigint());
  const start = () => startSession({ ...spec, accelerator: 'kvm' }, { ...place, logDirectory: directory }, recorder);
  const { outcome, session } = await bootMachine(recorder, signal, BOOT, start, continueMachine);
  try {
    if (outcome === 'ok') return { works: true, why: 'the guest got ready under KVM' };
    if (signal.aborted) return undefined;
    const judged = judge(recorder.events)[0];
    return { works: false, why: `the guest did not get ready under KVM: ${judged?.detail ?? outcome}` };
  } finally {
    await session?.stop('at-once');
    recorder.close();
    await rm(directory, { recursive: true, force: true });
  }
}
