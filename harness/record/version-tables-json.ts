import type { MachineOverVersions, VersionTable } from '../statistics/version-table.ts';

/** What `summary.json` says of machines over versions of the guest's kernel and of QEMU. */
export function versionTablesJson(tables: readonly VersionTable[]) {
  return tables.map(({ kernels, qemus, machines, ...table }) => ({
    scenario: table.scenario,
    operation: table.operation,
    device_id: table.device ?? '',
    boot_mode: table.bootMode,
    clock: table.clock,
    kernels,
    qemus,
    machines: machines.map((machine) => machineJson(machine, kernels, qemus)),
    warnings: table.warnings,
  }));
}

function machineJson(
  { label, cells, steps, noise, detectableRatio }: MachineOverVersions,
  kernels: readonly string[],
  qemus: readonly string[],
) {
  return {
    machine: label,
    noise: noise ?? null,
    detectable_ratio: detectableRatio ?? null,
    cells: cells.map(({ variant, kernel, qemu, boots, samples, failures, failedAs, latency }) => ({
      variant,
      kernel: kernels[kernel] ?? '',
      qemu: qemus[qemu] ?? '',
      n_boots: boots,
      n_samples: samples,
      failures,
      failed_as: failedAs,
      p50_ms: latency?.p50Ms ?? null,
      p50_wait_ms: latency?.waitMs ?? null,
      p50_work_ms: latency?.workMs ?? null,
    })),
    steps: steps.map(({ axis, from, to, verdict, ratio, adjustedPValue, phases, waits }) => ({
      axis,
      from: cells[from]?.variant ?? '',
      to: cells[to]?.variant ?? '',
      verdict,
      work_ratio: ratio,
      adjusted_p_value: adjustedPValue ?? null,
      phases: phases.map(({ phase, fromMs, toMs }) => ({ phase, from_ms: fromMs, to_ms: toMs })),
      waits: waits.map(({ phase, kind, fromMs, toMs }) => ({ phase, kind, from_ms: fromMs, to_ms: toMs })),
    })),
  };
}
