import { z } from 'zod';
import type { MachineOverVersions, PhaseMove, VersionTable, WaitMove } from '../statistics/version-table.ts';
import { BOOT_MODES, CLOCKS, OPERATIONS } from '../vocabulary.ts';

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

const phase = z
  .object({ phase: z.string(), from_ms: z.number(), to_ms: z.number() })
  .transform((stored): PhaseMove => ({ phase: stored.phase, fromMs: stored.from_ms, toMs: stored.to_ms }));

const wait = z
  .object({
    phase: z.string(),
    kind: z.enum(['appeared', 'gone', 'longer', 'shorter']),
    from_ms: z.number(),
    to_ms: z.number(),
  })
  .transform(
    (stored): WaitMove => ({ phase: stored.phase, kind: stored.kind, fromMs: stored.from_ms, toMs: stored.to_ms }),
  );

const machine = z.object({
  machine: z.string(),
  noise: z.number().nullable(),
  detectable_ratio: z.number().nullable(),
  cells: z.array(
    z.object({
      variant: z.string(),
      kernel: z.string(),
      qemu: z.string(),
      n_boots: z.number(),
      n_samples: z.number(),
      failures: z.number(),
      failed_as: z.record(z.string(), z.number()),
      p50_ms: z.number().nullable(),
      p50_wait_ms: z.number().nullable(),
      p50_work_ms: z.number().nullable(),
    }),
  ),
  steps: z.array(
    z.object({
      axis: z.enum(['kernel', 'qemu']),
      from: z.string(),
      to: z.string(),
      verdict: z.enum(['slower', 'faster', 'alike', 'unknown']),
      work_ratio: z.number(),
      adjusted_p_value: z.number().nullable(),
      phases: z.array(phase),
      waits: z.array(wait),
    }),
  ),
});

/** An entry of `versions` in `summary.json`. */
export const storedVersionTable = z
  .object({
    scenario: z.string(),
    operation: z.enum(OPERATIONS),
    device_id: z.string(),
    boot_mode: z.enum(BOOT_MODES),
    clock: z.enum(CLOCKS),
    kernels: z.array(z.string()),
    qemus: z.array(z.string()),
    machines: z.array(machine),
    warnings: z.array(z.string()),
  })
  .transform((stored): VersionTable => {
    const { scenario, operation, kernels, qemus, warnings } = stored;
    return {
      ...{ scenario, operation, kernels, qemus, warnings },
      ...(stored.device_id !== '' && { device: stored.device_id }),
      bootMode: stored.boot_mode,
      clock: stored.clock,
      machines: stored.machines.map((one) => machineOf(one, kernels, qemus)),
    };
  });

function machineOf(
  stored: z.infer<typeof machine>,
  kernels: readonly string[],
  qemus: readonly string[],
): MachineOverVersions {
  const indexOf = (variant: string) => stored.cells.findIndex((cell) => cell.variant === variant);
  return {
    label: stored.machine,
    ...(stored.noise !== null && { noise: stored.noise }),
    ...(stored.detectable_ratio !== null && { detectableRatio: stored.detectable_ratio }),
    cells: stored.cells.map(({ p50_ms: p50Ms, p50_wait_ms: waitMs, p50_work_ms: workMs, ...cell }) => ({
      variant: cell.variant,
      kernel: kernels.indexOf(cell.kernel),
      qemu: qemus.indexOf(cell.qemu),
      boots: cell.n_boots,
      samples: cell.n_samples,
      failures: cell.failures,
      failedAs: cell.failed_as,
      ...(p50Ms !== null && waitMs !== null && workMs !== null && { latency: { p50Ms, waitMs, workMs } }),
    })),
    steps: stored.steps.map(({ axis, from, to, verdict, work_ratio: ratio, adjusted_p_value: adjusted, ...moved }) => ({
      ...{ axis, from: indexOf(from), to: indexOf(to), verdict, ratio },
      ...(adjusted !== null && { adjustedPValue: adjusted }),
      phases: moved.phases,
      waits: moved.waits,
    })),
  };
}
