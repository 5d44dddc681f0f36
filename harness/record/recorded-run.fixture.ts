import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFingerprint } from '../host/fingerprint.ts';
import { planOf } from '../plan/plan.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import type { Shard } from '../plan/shard.ts';
import { soundScenarioOf } from '../scenario/test-scenario.ts';
import type { RecordingHeader } from '../timeline/recording.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { toolVersion } from '../tool-version.ts';
import { parseRecording } from './boots-on-disk.ts';
import { writeSamples } from './phases-csv.ts';
import { countToEnd } from './recording-end.ts';
import { writeRunJson } from './run-json.ts';
import { bootReport } from './run-state.ts';

/** What a test may want to be otherwise. */
export interface RunOptions {
  readonly seed?: number;
  readonly shard?: Shard;
  readonly boots?: number;
  readonly host?: Partial<HostFingerprint>;
  readonly accelerator?: 'tcg' | 'kvm';
}

const HOST = { hostname: 'one', cpuModel: 'x', cores: 2, memoryMiB: 1, kernel: '6', qemu: '7.2', governor: 'none' };
const GUEST = {
  kernelImage: '',
  initramfs: '',
  release: '6.1',
  source: 'stock',
  identity: 'ab',
  description: 'Debian',
};

/** For tests: the text of a scenario whose boots are like the one that was recorded. */
function scenarioSource(boots: number): string {
  return [
    'name: tiny',
    `defaults: { topology: acpi-root-port, sampling: { boots: ${boots}, cycles: 1, warmup: 0 } }`,
    'variants: { a: {}, b: { guest: { cpus: 1 } } }',
    'sequence: [boot, plug: virtio-blk, unplug: virtio-blk]',
    '',
  ].join('\n');
}

function recordingText(header: RecordingHeader, lines: string): string {
  const end = countToEnd(header);
  for (const line of lines.trimEnd().split('\n')) end.add(`${line}\n`);
  return `${JSON.stringify(header)}\n${lines}${end.text()}`;
}

/** For tests: makes a run directory of two variants, all of whose boots went as one that was recorded for real. */
export async function writeRecordedRun(directory: string, options: RunOptions = {}): Promise<string> {
  const { seed = 1, shard, boots: bootCount = 2, host = {}, accelerator = 'tcg' } = options;
  const scenario = soundScenarioOf(scenarioSource(bootCount), '/scenarios/tiny.yaml');
  const ready = scenario.variants.map(
    (variant): ReadyVariant => ({
      variant,
      qemu: '/usr/bin/qemu-system-x86_64',
      guest: { ...GUEST, source: 'stock' },
      accelerator: { asked: 'auto', used: accelerator, why: 'test' },
      parts: [],
      leftOut: [],
      sharesMemory: false,
    }),
  );
  const inputs = { scenarios: [scenario], choices: {}, seed, toolVersion: toolVersion() };
  const { facts: plan, boots } = planOf(ready, shard ? { ...inputs, shard } : inputs);
  const text = await readFile(new URL('../timeline/fixtures/acpi-root-port.jsonl', import.meta.url), 'utf8');
  const recording = parseRecording(text);
  if (!recording.ok) throw new Error(recording.failure);
  const runId = `run-${seed}-${shard?.index ?? 0}`;
  await mkdir(join(directory, 'recording'), { recursive: true });
  const reports = [];
  const recordings = [];
  for (const [index, { variant, boot }] of boots.entries()) {
    const name = `tiny.${variant.name}.00${boot}`;
    const startedAt = new Date((shard?.index ?? 0) * 1000 + index * 60_000).toISOString();
    const named = { runId, scenario: 'tiny', variant: variant.name, boot, startedAt, ends: true } as const;
    const header = { ...recording.value.header, ...named };
    await writeFile(
      join(directory, 'recording', `${name}.jsonl`),
      recordingText(header, text.slice(text.indexOf('\n') + 1)),
    );
    await mkdir(join(directory, 'logs', name), { recursive: true });
    await writeFile(join(directory, 'logs', name, 'qemu.stderr'), `${name}\n`);
    recordings.push({ header, events: recording.value.events });
    reports.push(bootReport(name, header, recording.value.events));
  }
  await mkdir(join(directory, 'logs'), { recursive: true });
  const samples = samplesOf(recordings);
  await writeSamples(directory, samples);
  await writeRunJson(directory, {
    tool: { version: toolVersion(), commit: 'test' },
    commandLine: [],
    startedAt: new Date(0),
    host: { ...HOST, load: 0, ...host },
    scenarios: [scenario],
    runId,
    seed,
    plan,
    ready,
    boots: reports,
    samples,
    status: 'complete',
    finishedAt: new Date(1),
  });
  return directory;
}
