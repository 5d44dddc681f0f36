import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KvmProbe, ProbePurpose } from '../../qemu/accelerator.ts';
import type { MachineSpec } from '../../qemu/command-line.ts';
import { onSilence } from '../../qemu/silence.ts';
import { outcomesOf } from '../../timeline/analyse.ts';
import type { Operation } from '../../timeline/recording.ts';
import { bootMachine, continueMachine } from '../boot/boot-machine.ts';
import { headerOutsideRuns, openRecorder } from '../session/recorder.ts';
import { type SessionPlace, startSession } from '../session/start-session.ts';

/**
 * How long a guest under KVM may say nothing before it counts as one that does not get ready. Its progress is what it prints:
 * which instruction it has reached cannot be seen from outside, and that QEMU answers says nothing about the guest. Until
 * its kernel finds the console it prints nothing, which took more than a minute where KVM itself was emulated on a busy
 * host. A scenario gives a boot as long as this if it says nothing else.
 */
const PROBE_SILENCE_MS = 120_000;
/** After this no guest is waited for, whatever it prints: where a boot takes ten minutes, no run is practical. */
const PROBE_TIMEOUT_MS = 600_000;

/** KERN_NOTICE and what is more urgent: a dozen lines over a boot of Debian's kernel, too few to slow it down. */
const PROGRESS_LOG_LEVEL = '6';

const BOOT: Operation = { operation: 'boot', cycle: 0, warmup: false, sequence: 0, timeoutMs: PROBE_TIMEOUT_MS };

type Boot =
  | { readonly state: 'ready'; readonly bootMs: number }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'stopped' };

/**
 * Boots the real guest once under KVM and once under TCG, at the same time, so that what else the host does falls on both,
 * and the faster one is known as soon as it is ready. To know whether KVM works it is waited for until it is ready or
 * makes no more progress. Undefined when that was interrupted. Nothing is left behind.
 */
export async function probeKvm(
  spec: MachineSpec,
  place: Pick<SessionPlace, 'registry' | 'qemu'>,
  purpose: ProbePurpose,
  signal: AbortSignal,
): Promise<KvmProbe | undefined> {
  const enough = new AbortController();
  const stop = AbortSignal.any([signal, enough.signal]);
  const [kvm, tcg] = await Promise.all([
    bootOnce({ ...spec, accelerator: 'kvm' }, place, stop).then((boot) => {
      enough.abort();
      return boot;
    }),
    bootOnce({ ...spec, accelerator: 'tcg' }, place, stop).then((boot) => {
      if (purpose === 'faster' && boot.state === 'ready') enough.abort();
      return boot;
    }),
  ]);
  if (signal.aborted) return undefined;
  const underTcg = tcg.state === 'ready' ? { tcgBootMs: tcg.bootMs } : {};
  return { kvm: kvm.state === 'stopped' ? { state: 'slower' } : kvm, ...underTcg };
}

/** One boot, in a folder of its own that is removed. */
async function bootOnce(
  spec: MachineSpec,
  place: Pick<SessionPlace, 'registry' | 'qemu'>,
  stop: AbortSignal,
): Promise<Boot> {
  const directory = await mkdtemp(join(place.registry.directory, 'probe-'));
  const recorder = openRecorder(
    join(directory, 'recording.jsonl'),
    headerOutsideRuns('kvm-probe', spec),
    process.hrtime.bigint(),
  );
  const { guest } = spec;
  const talkative = { ...guest, parameters: { ...guest.parameters, loglevel: PROGRESS_LOG_LEVEL } };
  const start = () => startSession({ ...spec, guest: talkative }, { ...place, logDirectory: directory }, recorder);
  const silent = new AbortController();
  const endSilence = onSilence(PROBE_SILENCE_MS, recorder.heardAtMs, () => silent.abort());
  const until = AbortSignal.any([stop, silent.signal]);
  let continuedMs = 0;
  const { outcome, session } = await bootMachine(recorder, until, BOOT, start, (machine) => {
    continuedMs = performance.now();
    return continueMachine(machine);
  });
  const bootMs = performance.now() - continuedMs;
  endSilence();
  try {
    if (outcome === 'ok') return { state: 'ready', bootMs };
    if (stop.aborted) return { state: 'stopped' };
    const judged = outcomesOf(recorder.events)[0];
    const why = silent.signal.aborted
      ? `it said nothing for ${PROBE_SILENCE_MS / 1000} s`
      : (judged?.detail ?? outcome);
    return { state: 'failed', why: `the guest did not get ready under ${spec.accelerator.toUpperCase()}: ${why}` };
  } finally {
    await session?.stop('at-once');
    recorder.close();
    await rm(directory, { recursive: true, force: true });
  }
}
