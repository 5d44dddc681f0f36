import { topologies } from '../../harness/machine/topology/index.ts';
import type { FactsFile } from '../../harness/record/facts-json.ts';
import type { StoredVariant } from '../../harness/record/run-file.ts';
import type { SummaryFile } from '../../harness/record/summary-file.ts';
import { triedOf } from '../../harness/record/tried-operations.ts';
import { driftWarnings } from '../../harness/statistics/drift.ts';
import { phaseTable } from '../../harness/timeline/phases.ts';
import type { BootMode, Clock, Controller, OperationName } from '../../harness/vocabulary.ts';
import { count } from '../../harness/words.ts';
import { insideRun } from './links.ts';
import { pciTree } from './pci-tree.ts';
import type { FactsPart, OperationPart, RunPart, VariantPart } from './report-model.ts';
import type { RunFiles } from './run-files.ts';

/** One variant with everything that the run's files say about it. Its timelines are added later. */
export function variantPart(
  { run, summary, facts }: RunFiles,
  { label, runId, isHome }: RunPart,
  described: StoredVariant,
  place: Pick<VariantPart, 'index' | 'look' | 'slug'>,
): VariantPart {
  const { scenario, name, topology, topology_options: options, guest, accelerator } = described;
  const isOwn = (one: { scenario: string; variant: string }) => one.scenario === scenario && one.variant === name;
  return {
    ...place,
    key: `${runId} ${scenario} ${name}`,
    label: label === '' ? name : `${name} (${label})`,
    name,
    runId,
    isHome,
    topology,
    controller: topologies.get(topology)?.controller ?? '',
    accelerator: accelerator.used,
    accelerationReason: accelerator.why,
    clock: described.clock ?? run.clock,
    kernel: guest.kernel.description,
    kernelRelease: guest.kernel.release,
    conditions: conditionsOf(described),
    leftOut: described.left_out ?? [],
    operations: summary.operations.filter(isOwn).map((one) => operationPart(one, described)),
    facts: factsPart(facts.variants.find(isOwn)),
    tree: pciTree(topology, options),
    boots: run.boots.filter(isOwn).map((boot) => ({
      boot: boot.boot,
      logs: insideRun(boot.logs),
      recording: insideRun(boot.recording),
      clockUncertaintyMs: boot.clock_uncertainty_ms ?? undefined,
      ...(typeof boot.failure === 'string' && { failure: boot.failure }),
      losses: boot.losses,
    })),
    timelines: [],
  };
}

function conditionsOf(described: StoredVariant): VariantPart['conditions'] {
  const {
    topology_options: options,
    guest,
    sampling,
    accelerator,
    machine,
    qemu,
    boot_mode: bootMode,
    clock,
  } = described;
  const parameters = Object.entries(guest.parameters ?? {}).map(([key, value]) =>
    value === null ? key : `${key}=${value}`,
  );
  const optionTexts = Object.entries(options).map(([key, value]) => `${key}: ${value}`);
  const rows: readonly (readonly [string, string])[] = [
    ['topology', [described.topology, ...optionTexts].join(', ')],
    ['machine type', machine ?? ''],
    ['QEMU', qemu ?? ''],
    ['firmware', described.firmware ?? ''],
    ['guest', `${guest.cpus} CPUs, ${guest.memory_mib} MiB${guest.iommu ? ', IOMMU' : ''}`],
    ['guest kernel', guest.kernel.description],
    ['kernel parameters', parameters.join(' ')],
    ['boot mode', bootMode ?? ''],
    ['accelerator', `${accelerator.used} (${accelerator.why})`],
    ['clock', clock === 'virtual' ? "virtual: the guest's instructions, 2 ns each, and its waits" : ''],
    ['sampling', sampling ? samplingText(sampling) : ''],
  ];
  return rows.filter(([, value]) => value !== '');
}

function samplingText({ boots, cycles, warmup }: NonNullable<StoredVariant['sampling']>): string {
  const passes = cycles === 1 ? '1 measured pass' : `${cycles} measured passes`;
  const planned = boots === undefined ? passes : `${count(boots, 'boot')} with ${passes}`;
  return warmup ? `${planned} after ${warmup} for warm-up` : planned;
}

function operationPart(json: SummaryFile['operations'][number], described: StoredVariant): OperationPart {
  const controller = topologies.get(described.topology)?.controller;
  const bootMode = described.boot_mode === 'snapshot' ? 'snapshot' : 'fresh';
  const clock = described.clock === 'virtual' ? 'virtual' : 'real';
  const { min_ms: minMs, p50_ms: p50Ms, p90_ms: p90Ms, p95_ms: p95Ms, max_ms: maxMs } = json;
  // Quantiles of earlier versions were of good samples alone.
  const okP50Ms = json.ok_p50_ms ?? p50Ms;
  const isMeasured = minMs !== undefined && okP50Ms !== undefined && maxMs !== undefined;
  return {
    operation: json.operation,
    deviceId: json.device_id,
    bootMode: json.boot_mode ?? 'fresh',
    boots: json.n_boots,
    samples: json.n_samples,
    ...triedOf(json),
    outcomes: json.outcomes,
    latency: isMeasured ? { minMs, p50Ms, p50Ci95: json.p50_ci95_ms, p90Ms, p95Ms, okP50Ms, maxMs } : undefined,
    censored: json.censored && { aboveMs: json.censored.above_ms },
    ratioToReference: json.ratio_to_reference,
    ratioCi95: json.ratio_to_reference_ci95,
    deadline: json.deadline ? { limitMs: json.deadline.limit_ms, missed: json.deadline.missed } : undefined,
    phases: (json.phases?.medians ?? []).map((phase) => ({
      name: phase.phase,
      kind: phase.kind,
      startMs: phase.start_ms,
      durationMs: phase.duration_ms,
      source: phaseSource(phase.phase, json.operation, controller, bootMode, clock),
    })),
    unattributedShare: json.phases?.unattributed_share,
    drift: json.drift && okP50Ms !== undefined ? driftOf(json.drift, okP50Ms) : undefined,
    warnings: json.warnings,
  };
}

function driftOf(
  stored: { readonly drift_ms: number; readonly p_value: number },
  medianMs: number,
): OperationPart['drift'] {
  const driftMs = stored.drift_ms;
  const [text] = driftWarnings({ driftMs, pValue: stored.p_value }, medianMs);
  return text === undefined ? undefined : { text, driftMs };
}

function factsPart(json: FactsFile['variants'][number] | undefined): FactsPart | undefined {
  if (!json) return undefined;
  const { iommu } = json;
  const possibility = ({ possible, why }: { possible: boolean | null; why: string }) => ({
    possible: possible ?? undefined,
    why,
  });
  return {
    slotsOffered: json.slots_offered,
    slotsPromised: json.slots_promised,
    slotsPerBus: json.slots_per_bus,
    controllers: [...new Set(Object.values(json.slot_controllers))],
    iommu: iommu
      ? {
          devices: iommu.devices.map((device) => ({
            deviceId: device.device_id,
            place: device.place,
            group: device.group,
            sharedWith: device.shared_with.map(
              (other) => other.device_id ?? `${other.driver ?? 'none'} on ${other.place}`,
            ),
          })),
          besideKernelDriver: possibility(iommu.userspace_beside_kernel_driver),
          twoUserspaceDrivers: iommu.two_userspace_drivers ? possibility(iommu.two_userspace_drivers) : undefined,
        }
      : undefined,
    notes: json.notes,
  };
}

/**
 * What happens in a phase, and where that is known from; empty for one that no table has. Several rows may have its name, as
 * `driver-probe` of disks that say their size and of those that do not: which of them it was, the files do not say.
 */
function phaseSource(
  phase: string,
  operation: OperationName,
  controller: Controller | undefined,
  bootMode: BootMode,
  clock: Clock,
): string {
  if (controller === undefined) return '';
  const unimportant = { cycle: 0, warmup: false, sequence: 0, timeoutMs: 0 };
  const table = phaseTable({ operation, bootMode, ...unimportant }, controller, clock);
  const sources = table.filter(({ name }) => name === phase).map(({ source }) => source);
  return [...new Set(sources)].join('; or ');
}
