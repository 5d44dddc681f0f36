import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingsOf } from '../harness/findings/findings.ts';
import { topologyOf } from '../harness/machine/topology/index.ts';
import { projectRoot } from '../harness/project-root.ts';
import { writeFindings } from '../harness/record/findings-files.ts';
import { writeSamples } from '../harness/record/phases-csv.ts';
import type { RunFile } from '../harness/record/run-file.ts';
import { countOutcomes } from '../harness/record/run-json.ts';
import { seededRandom } from '../harness/statistics/seeded-random.ts';
import { failedSample, goodSample } from '../harness/timeline/test-sample.ts';
import type { Phase, Sample } from '../harness/vocabulary.ts';

/** What a made-up run is like; names and texts may be anything, to see that they stay text. */
export interface SyntheticRun {
  readonly runId: string;
  readonly scenario: string;
  readonly variants: readonly string[];
  /** Further scenarios with the same variants. */
  readonly moreScenarios?: readonly string[];
  readonly boots: number;
  /** Passes of plug and unplug in each boot. */
  readonly cycles: number;
  /** The boot with this number fails to plug in its last cycle, with this detail and console log. */
  readonly failure?: { readonly boot: number; readonly detail: string; readonly console: string };
}

/** Topologies of which there is a recording to lend to the variants in turn, with latencies like theirs under TCG. */
const KINDS = [
  { topology: 'shpc-bridge', boot: 4800, plug: 6200, unplug: 5280 },
  { topology: 'pcie-root-port', boot: 4700, plug: 180, unplug: 6250 },
  { topology: 'acpi-root-port', boot: 4400, plug: 55, unplug: 120 },
] as const;

const SEED = 7;

/**
 * Fills a directory as a run does that nobody made, to see how a report copes with a size or a text that no run at hand
 * has. Recordings are those of real boots; the samples are not theirs.
 */
export async function writeSyntheticRun(directory: string, run: SyntheticRun): Promise<void> {
  const scenarios = [run.scenario, ...(run.moreScenarios ?? [])];
  const variants = scenarios.flatMap((scenario) => run.variants.map((name, index) => variantOf(scenario, name, index)));
  const samples = samplesOf(run, variants);
  const findings = findingsOf(
    { variants, references: new Map(), fits: [], thresholds: new Map(), machines: [] },
    samples,
    [],
  );
  await mkdir(join(directory, 'recording'), { recursive: true });
  await writeSamples(directory, samples);
  await writeFindings(directory, run.runId, findings);
  const boots = variants.flatMap((variant, index) =>
    Array.from({ length: run.boots }, (_, boot) => ({ variant, index, boot: boot + 1, name: `${index}.${boot + 1}` })),
  );
  await writeFile(join(directory, 'run.json'), JSON.stringify(runJson(run, scenarios, variants, boots, samples)));
  for (const { variant, name, boot, index } of boots) {
    const fixture = join(projectRoot, 'harness', 'timeline', 'fixtures', `${variant.topology}.jsonl`);
    const recording = withCycles(await readFile(fixture, 'utf8'), run.cycles);
    await writeFile(join(directory, 'recording', `${name}.jsonl`), recording);
    const logs = join(directory, 'logs', name);
    await mkdir(logs, { recursive: true });
    await writeFile(join(logs, 'qemu.sh'), '#!/bin/sh\n');
    const failed = index === 0 && boot === run.failure?.boot;
    await writeFile(join(logs, 'console.log'), failed ? (run.failure?.console ?? '') : '');
  }
}

/** A recording of one cycle as if it had many: a report finds each where it looks for it. */
function withCycles(recording: string, cycles: number): string {
  const lines = recording.split('\n');
  const first = lines.findIndex((line) => line.includes('"event":"begin","operation":{"operation":"plug"'));
  const cycle = lines.slice(first).join('\n');
  const copies = Array.from({ length: cycles }, (_, index) => cycle.replaceAll('"cycle":1,', `"cycle":${index + 1},`));
  return [...lines.slice(0, first), copies.join('')].join('\n');
}

interface SyntheticVariant {
  readonly scenario: string;
  readonly name: string;
  readonly topology: string;
  readonly topologyOptions: Readonly<Record<string, unknown>>;
  readonly deadlines: { readonly plugMs: number };
  readonly kind: (typeof KINDS)[number];
  /** How much slower than its kind. */
  readonly factor: number;
}

function variantOf(scenario: string, name: string, index: number): SyntheticVariant {
  const kind = KINDS[index % KINDS.length] ?? KINDS[0];
  const factor = 1 + Math.floor(index / KINDS.length) * 0.05;
  return { scenario, name, topology: kind.topology, topologyOptions: {}, deadlines: { plugMs: 3000 }, kind, factor };
}

function samplesOf(run: SyntheticRun, variants: readonly SyntheticVariant[]): readonly Sample[] {
  const random = seededRandom(SEED);
  const samples: Sample[] = [];
  for (let boot = 1; boot <= run.boots; boot++) {
    for (const [index, variant] of variants.entries()) {
      const add = (operation: 'boot' | 'plug' | 'unplug', cycle: number, failure?: SyntheticRun['failure']) => {
        const latencyMs = variant.kind[operation] * variant.factor * (0.95 + 0.1 * random());
        const own = {
          runId: run.runId,
          scenario: variant.scenario,
          variant: variant.name,
          topology: variant.topology,
          controller: topologyOf(variant.topology).controller,
          boot,
          cycle,
          operation,
          accelerator: 'tcg' as const,
          sequence: { boot: 0, plug: 1, unplug: 2 }[operation],
          ...(operation === 'boot' && { deviceId: '' }),
          startedAt: new Date(samples.length * 1000),
          order: samples.length + 1,
        };
        samples.push(
          failure
            ? failedSample('timeout', { ...own, detail: failure.detail })
            : goodSample({ ...own, latencyMs, phases: phasesOf(latencyMs) }),
        );
      };
      add('boot', 0);
      for (let cycle = 1; cycle <= run.cycles; cycle++) {
        const fails = index === 0 && boot === run.failure?.boot && cycle === run.cycles;
        add('plug', cycle, fails ? run.failure : undefined);
        if (!fails) add('unplug', cycle);
      }
    }
  }
  return samples;
}

/** A wait, where the latency is long enough to have one, between work on the host and in the guest. */
function phasesOf(latencyMs: number): readonly Phase[] {
  const waitMs = latencyMs > 5000 ? 5000 : 0;
  const workMs = latencyMs - waitMs;
  const phases: readonly Phase[] = [
    { name: 'qmp-command', kind: 'host', startMs: 0, durationMs: workMs * 0.1 },
    { name: 'button-wait', kind: 'fixed-wait', startMs: workMs * 0.1, durationMs: waitMs },
    { name: 'enumeration', kind: 'guest', startMs: workMs * 0.1 + waitMs, durationMs: workMs * 0.3 },
    { name: 'driver-probe', kind: 'guest', startMs: workMs * 0.4 + waitMs, durationMs: workMs * 0.6 },
  ];
  return phases.filter(({ durationMs }) => durationMs > 0);
}

function runJson(
  run: SyntheticRun,
  scenarios: readonly string[],
  variants: readonly SyntheticVariant[],
  boots: readonly { readonly variant: SyntheticVariant; readonly boot: number; readonly name: string }[],
  samples: readonly Sample[],
): Partial<RunFile> {
  return {
    schema_version: 1,
    run_id: run.runId,
    status: 'complete',
    tool: { version: '0', commit: 'synthetic' },
    command_line: [],
    seed: SEED,
    started_at: new Date(0).toISOString(),
    finished_at: new Date(3600_000).toISOString(),
    clock: 'real',
    host: { hostname: 'synthetic', cpu_model: 'none', cores: 2, memory_mib: 4096, kernel: 'none', qemu: 'none' },
    scenarios: scenarios.map((name) => ({
      name,
      file: '',
      question: `Synthetic: nobody measured this. ${name}`,
      reference: null,
      source: `name: ${name}\n`,
      fits: [],
    })),
    variants: variants.map(({ scenario, name, topology }) => ({
      scenario,
      name,
      topology,
      topology_options: {},
      guest: {
        cpus: 2,
        memory_mib: 512,
        kernel: { source: 'stock', release: '6.1', description: `6.1 ${name}`, sha256: 'ab' },
      },
      accelerator: { asked: 'tcg', used: 'tcg', why: 'synthetic' },
      sampling: { boots: run.boots, cycles: run.cycles, warmup: 0 },
      deadlines_ms: { plug: 3000 },
    })),
    boots: boots.map(({ variant, boot, name }) => ({
      scenario: variant.scenario,
      variant: variant.name,
      boot,
      name,
      clock_uncertainty_ms: 0.3,
      losses: [],
      recording: `recording/${name}.jsonl`,
      logs: `logs/${name}`,
    })),
    outcomes: countOutcomes(samples),
  };
}
