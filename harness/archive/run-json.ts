import { join } from 'node:path';
import type { HostFingerprint } from '../host/fingerprint.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import type { Scenario, Variant } from '../scenario/variant.ts';
import type { BootClock } from '../timeline/clock.ts';
import { OUTCOMES, type Outcome } from '../timeline/conclusion.ts';
import type { Sample } from '../timeline/sample.ts';
import { writeJson } from './run-directory.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

/** What is known about a run before it begins. */
export interface RunFacts {
  readonly tool: { readonly version: string; readonly commit: string };
  /** Words of the command line after the program's name. */
  readonly commandLine: readonly string[];
  readonly startedAt: Date;
  readonly host: HostFingerprint;
  readonly scenarios: readonly Scenario[];
}

/** One VM life, as it is listed in `run.json`. */
export interface BootReport {
  readonly name: string;
  readonly variant: Variant;
  readonly boot: number;
  /** Absent when the guest never answered an echo. */
  readonly clock: BootClock | undefined;
  /** From the start of QEMU's process to `cont`; absent when it never got there. */
  readonly qemuStartMs: number | undefined;
}

export interface RunState extends RunFacts {
  readonly runId: string;
  readonly seed: number;
  readonly ready: readonly ReadyVariant[];
  readonly boots: readonly BootReport[];
  readonly samples: readonly Sample[];
  readonly status: 'complete' | 'partial' | 'failed';
  readonly finishedAt: Date | undefined;
}

/** Writes `run.json` whole. Keys are snake_case, as in the CSV files. */
export function writeRunJson(file: string, state: RunState): Promise<void> {
  return writeJson(file, {
    schema_version: SCHEMA_VERSION,
    run_id: state.runId,
    status: state.status,
    tool: state.tool,
    command_line: state.commandLine,
    seed: state.seed,
    started_at: state.startedAt.toISOString(),
    finished_at: state.finishedAt?.toISOString() ?? null,
    clock: 'real',
    host: {
      hostname: state.host.hostname,
      cpu_model: state.host.cpuModel,
      cores: state.host.cores,
      memory_mib: state.host.memoryMiB,
      kernel: state.host.kernel,
      qemu: state.host.qemu,
      governor: state.host.governor,
      load: state.host.load,
    },
    scenarios: state.scenarios.map(({ name, file: path, source, question, reference, fits = [] }) => ({
      name,
      file: path,
      question,
      reference: reference ?? null,
      fits: fits.map(({ latency, against, name: series, members }) => ({ latency, against, series, members })),
      source,
    })),
    variants: state.ready.map(describeVariant),
    boots: state.boots.map((boot) => ({
      name: boot.name,
      scenario: boot.variant.scenario,
      variant: boot.variant.name,
      boot: boot.boot,
      clock_uncertainty_ms: boot.clock?.uncertaintyMs ?? null,
      clock_offset_ms: boot.clock?.offsetMs ?? null,
      clock_drift_ppm: boot.clock?.driftPpm ?? null,
      clock_drift_uncertainty_ppm: boot.clock?.driftUncertaintyPpm ?? null,
      qemu_start_ms: boot.qemuStartMs ?? null,
      recording: join('recording', `${boot.name}.jsonl`),
      logs: join('logs', boot.name),
    })),
    outcomes: countOutcomes(state.samples),
  });
}

function describeVariant({ variant, guest, accelerator }: ReadyVariant) {
  return {
    scenario: variant.scenario,
    name: variant.name,
    topology: variant.topology,
    topology_options: variant.topologyOptions,
    guest: {
      cpus: variant.guest.cpus,
      memory_mib: variant.guest.memoryMiB,
      iommu: variant.guest.iommu,
      parameters: variant.guest.parameters,
      kernel: { source: guest.source, release: guest.release, description: guest.description, sha256: guest.identity },
    },
    accelerator: { asked: accelerator.asked, used: accelerator.used, why: accelerator.why },
    sampling: variant.sampling,
    timeouts_ms: { boot: variant.timeouts.bootMs, plug: variant.timeouts.plugMs, unplug: variant.timeouts.unplugMs },
    deadlines_ms: {
      boot: variant.deadlines.bootMs ?? null,
      plug: variant.deadlines.plugMs ?? null,
      unplug: variant.deadlines.unplugMs ?? null,
    },
    steps: variant.steps,
  };
}

/** Every outcome with its count, warm-up samples included; outcomes that did not occur are 0. */
function countOutcomes(samples: readonly Sample[]): Readonly<Record<Outcome, number>> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of samples) counts[outcome] += 1;
  return counts;
}
