import { join } from 'node:path';
import type { HostFingerprint } from '../host/fingerprint.ts';
import type { AdaptiveOutcome } from '../plan/adaptive.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { ICOUNT_SHIFT } from '../qemu/command-line.ts';
import { DEFAULT_THRESHOLD } from '../statistics/comparison.ts';
import { LOSS_KINDS } from '../timeline/loss-kinds.ts';
import type { Sampling } from '../variant.ts';
import { OUTCOMES, type Outcome, type Sample } from '../vocabulary.ts';
import { writeJson } from './run-directory.ts';
import { RUN_FILE, type RunFile, type StoredHost, type StoredVariant } from './run-file.ts';
import type { BootReport, RunState } from './run-state.ts';
import { SCHEMA_VERSION } from './stored-json.ts';

/** Writes `run.json` whole. Keys are snake_case, as in the CSV files. */
export function writeRunJson(directory: string, state: RunState): Promise<void> {
  return writeJson(join(directory, RUN_FILE), runJson(state));
}

function runJson(state: RunState): RunFile {
  return {
    schema_version: SCHEMA_VERSION,
    run_id: state.runId,
    status: state.status,
    tool: state.tool,
    command_line: [...state.commandLine],
    working_directory: state.continues?.workingDirectory ?? process.cwd(),
    jobs: state.jobs ?? 1,
    seed: state.seed,
    plan: {
      hash: state.plan.hash,
      boots: state.plan.boots,
      shard: state.plan.shard ?? null,
      choices: state.plan.choices,
    },
    started_at: state.startedAt.toISOString(),
    finished_at: state.finishedAt?.toISOString() ?? null,
    clock: clocksOf(state.ready),
    resumed: [...(state.continues?.restarts ?? [])],
    host: state.continues?.host ?? hostJson(state.host),
    hosts: [...(state.continues?.hosts ?? [hostJson(state.host)])],
    ...(state.noise && { noise: state.noise.map(({ what, text }) => ({ what, text })) }),
    scenarios: state.scenarios.map(
      ({ name, file, source, question, reference, threshold = DEFAULT_THRESHOLD, fits = [] }) => ({
        name,
        file,
        question,
        reference: reference ?? null,
        threshold: { relative: threshold.relative, absolute_ms: threshold.absoluteMs },
        fits: fits.map(({ latency, against, name: series, members }) => ({
          ...{ latency, against, series },
          members: [...members],
        })),
        source,
      }),
    ),
    variants: state.ready.map(variantJson),
    unavailable: [...(state.unavailable ?? [])],
    boots: state.boots.map(bootJson),
    outcomes: countOutcomes(state.samples),
    adaptive: (state.adaptive ?? []).map(adaptiveJson),
  };
}

/** A boot as `run.json` lists it. */
export function bootJson(boot: BootReport): RunFile['boots'][number] {
  return {
    name: boot.name,
    scenario: boot.scenario,
    variant: boot.variant,
    boot: boot.boot,
    boot_mode: boot.bootMode,
    jobs: boot.jobs,
    clock_uncertainty_ms: boot.clock?.uncertaintyMs ?? null,
    clock_source: boot.clock?.by ?? null,
    clock_offset_ms: boot.clock?.offsetMs ?? null,
    clock_drift_ppm: boot.clock?.driftPpm ?? null,
    clock_drift_uncertainty_ppm: boot.clock?.driftUncertaintyPpm ?? null,
    qemu_start_ms: boot.qemuStartMs ?? null,
    until_ready_ms: boot.untilReadyMs ?? null,
    qemu_resident_mib: boot.residentMiB === undefined ? null : Math.round(boot.residentMiB),
    duration_ms: boot.durationMs ?? null,
    failure: boot.failure ?? null,
    host_use: boot.hostUse
      ? {
          load: boot.hostUse.load,
          other_cpus: boot.hostUse.otherCpus ?? null,
          steal_share: boot.hostUse.stealShare,
        }
      : null,
    losses: (boot.losses ?? []).map(({ kind, count, firstAtMs, details }) => ({
      kind,
      meaning: LOSS_KINDS[kind].meaning,
      count,
      first_at_ms: firstAtMs,
      details: [...details],
    })),
    recording: join('recording', `${boot.name}.jsonl`),
    logs: join('logs', boot.name),
  };
}

/** A host as `run.json` describes it. */
export function hostJson(host: HostFingerprint): StoredHost {
  return {
    hostname: host.hostname,
    cpu_model: host.cpuModel,
    cores: host.cores,
    memory_mib: host.memoryMiB,
    kernel: host.kernel,
    qemu: host.qemu,
    governor: host.governor,
    load: host.load,
    ...(host.microcode !== undefined && { microcode: host.microcode }),
  };
}

/** `real`, `virtual`, or `real, virtual`: each variant says its own. */
function clocksOf(ready: readonly ReadyVariant[]): string {
  return [...new Set(ready.map(({ variant }) => variant.clock))].toSorted().join(', ');
}

/** A variant and what it is run on, as `run.json` describes it. */
export function variantJson({
  variant,
  qemu,
  qemuVersion,
  qemuSha256,
  qemuPackage,
  guest,
  firmware,
  accelerator,
  leftOut,
}: ReadyVariant): StoredVariant {
  return {
    scenario: variant.scenario,
    name: variant.name,
    topology: variant.topology,
    topology_options: { ...variant.topologyOptions },
    machine: variant.machine ?? null,
    qemu,
    ...(variant.qemuArguments && { qemu_arguments: [...variant.qemuArguments] }),
    qemu_version: qemuVersion ?? null,
    qemu_sha256: qemuSha256 ?? null,
    qemu_package: qemuPackage ?? null,
    firmware: firmware ? `Debian ${firmware.package.name} ${firmware.package.version}` : 'seabios',
    left_out: [...leftOut],
    boot_mode: variant.bootMode,
    clock: variant.clock,
    icount_shift: variant.clock === 'virtual' ? ICOUNT_SHIFT : null,
    guest: {
      cpus: variant.guest.cpus,
      memory_mib: variant.guest.memoryMiB,
      iommu: variant.guest.iommu,
      firmware_log: variant.guest.firmwareLog,
      parameters: { ...variant.guest.parameters },
      kernel: {
        source: guest.source,
        release: guest.release,
        description: guest.description,
        sha256: guest.identity,
        package: guest.package ?? null,
      },
    },
    accelerator: { asked: accelerator.asked, used: accelerator.used, why: accelerator.why },
    sampling: samplingJson(variant.sampling),
    timeouts_ms: { boot: variant.timeouts.bootMs, plug: variant.timeouts.plugMs, unplug: variant.timeouts.unplugMs },
    deadlines_ms: {
      boot: variant.deadlines.bootMs ?? null,
      ...(variant.deadlines.startMs !== undefined && { start: variant.deadlines.startMs }),
      plug: variant.deadlines.plugMs ?? null,
      unplug: variant.deadlines.unplugMs ?? null,
      ...(variant.deadlines.untilUsableMs !== undefined && { 'until-usable': variant.deadlines.untilUsableMs }),
    },
    expected: variant.expected,
    ...(variant.started.length > 0 && { started: variant.started }),
    ...(variant.until && { until: variant.until }),
    boot_plugs: variant.bootPlugs,
    steps: variant.steps,
  };
}

/** `boots` is what is planned: the most there can be where sampling is adaptive. */
function samplingJson({ boots, cycles, warmup, adaptive }: Sampling) {
  return {
    boots,
    cycles,
    warmup,
    ...(adaptive && { min_boots: adaptive.minBoots, target_relative_ci: adaptive.targetRelative }),
  };
}

function adaptiveJson({ scenario, variant, boots, maxBoots, targetRelative, widest, savedMs }: AdaptiveOutcome) {
  return {
    ...{ scenario, variant, boots, max_boots: maxBoots, target_relative_ci: targetRelative },
    widest_operation: widest.operation,
    widest_relative_ci: widest.relativeReach ?? null,
    saved_ms: Math.round(savedMs),
  };
}

/** Every outcome with its count, warm-up samples included; outcomes that did not occur are 0. */
export function countOutcomes(samples: readonly Sample[]): Readonly<Record<Outcome, number>> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of samples) counts[outcome] += 1;
  return counts;
}
