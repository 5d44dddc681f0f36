import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostFingerprint } from '../host/fingerprint.ts';
import { planOf } from '../plan/plan.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { parseRecording } from '../record/boots-on-disk.ts';
import { createRunDirectory } from '../record/run-directory.ts';
import type { RecordedEvent } from '../timeline/recording.ts';
import type { Variant } from '../variant.ts';
import { ALONE, type Lane } from './lanes.ts';
import type { Progress } from './perform-plan.ts';
import { makeReady } from './ready/make-ready.ts';
import { type FinishedRun, NO_EARLIER_BOOTS, performRun } from './run.ts';

/** What a test sees of a real run: its results and what was left behind, which has to be nothing. */
export interface RealRun extends FinishedRun {
  /** `operation outcome` per sample, in order. */
  readonly outcomes: readonly string[];
  /** Events of the recording of one boot. */
  readonly events: (boot: string) => readonly RecordedEvent[];
  /** Processes that had to be killed because their boot left them, and whether the run's private directory is still there. */
  readonly survivors: number;
  readonly directoryLeft: boolean;
}

const QEMU = '/usr/bin/qemu-system-x86_64';

/** Runs the variants for real, with the guest set-up has prepared, into a temporary results folder. For tests. */
export async function runReal(
  variants: readonly Variant[],
  {
    signal = new AbortController().signal,
    onProgress = () => {},
    onDirectory = () => {},
    lanes = [ALONE],
  }: {
    signal?: AbortSignal;
    lanes?: readonly Lane[];
    onProgress?: (progress: Progress) => void;
    /** Called when the first boot begins, with the run directory. */
    onDirectory?: (directory: string) => void;
  } = {},
): Promise<RealRun> {
  const registry = await openRegistry();
  if (!registry.ok) throw new Error(registry.failure.message);
  const context = { qemu: QEMU, registry: registry.value, signal, dryRun: false, report: () => {} };
  const ready = await makeReady(variants, context);
  if (!ready.ok) {
    await registry.value.close();
    throw new Error(ready.failure.message);
  }
  const resultsRoot = mkdtempSync(join(tmpdir(), 'hotplug-bench-test-'));
  const inputs = { scenarios: [], choices: {}, seed: 1, toolVersion: '0' };
  const { facts: plan, boots } = planOf(ready.value.ready, inputs);
  const startedAt = new Date();
  const finished = await performRun({
    facts: {
      tool: { version: '0', commit: 'test' },
      commandLine: [],
      startedAt,
      host: await hostFingerprint(QEMU),
      scenarios: [{ file: 'test.yaml', source: '', name: 'test', question: '', variants }],
    },
    ready: ready.value.ready,
    seed: 1,
    plan,
    boots,
    earlier: NO_EARLIER_BOOTS,
    lanes,
    registry: registry.value,
    directory: await createRunDirectory(resultsRoot, 'test', startedAt),
    signal,
    onProgress: (progress) => {
      if (progress.kind === 'boot' && progress.index === 0) setImmediate(onDirectory, join(resultsRoot, 'latest'));
      onProgress(progress);
    },
  });
  const survivors = await registry.value.close();
  return {
    ...finished,
    outcomes: finished.samples.map(({ operation, outcome }) => `${operation} ${outcome}`),
    events: (boot) => {
      const recording = parseRecording(readFileSync(join(finished.directory, 'recording', `${boot}.jsonl`), 'utf8'));
      if (!recording.ok) throw new Error(recording.failure);
      return recording.value.events;
    },
    survivors: survivors.length,
    directoryLeft: existsSync(registry.value.directory),
  };
}
