import { DEFAULT_THRESHOLD } from '../harness/statistics/comparison.ts';
import { seededRandom } from '../harness/statistics/seeded-random.ts';
import type { GridMachine } from '../harness/statistics/version-grid.ts';
import type { VersionTable } from '../harness/statistics/version-table.ts';
import { versionTables } from '../harness/statistics/version-tables.ts';
import { failedSample, goodSample } from '../harness/timeline/test-sample.ts';
import type { Phase, Sample } from '../harness/vocabulary.ts';

const KERNELS = ['5.10', '6.1', '6.12', '7.2'];
const QEMUS = ['5.2', '7.2', '10.0', '11.1'];
const BOOTS = 3;
const SEED = 11;

interface MadeUpMachine {
  readonly label: string;
  /** ACPI hot-plug of q35 begins with the second QEMU. */
  readonly firstQemu: number;
  readonly waitMs: (kernel: number) => number;
  readonly workMs: (qemu: number) => number;
}

const MACHINES: readonly MadeUpMachine[] = [
  { label: 'shpc-bridge', firstQemu: 0, waitMs: (kernel) => (kernel < 3 ? 6000 : 5000), workMs: () => 110 },
  { label: 'pcie-root-port', firstQemu: 0, waitMs: () => 0, workMs: () => 180 },
  { label: 'acpi-root-port', firstQemu: 1, waitMs: () => 0, workMs: (qemu) => (qemu < 3 ? 50 : 75) },
  { label: 'acpi-i440fx', firstQemu: 0, waitMs: () => 0, workMs: (qemu) => (qemu < 2 ? 127 : 39) },
];

/**
 * For tests: plugs that nobody measured, on versions that there are. i440fx gets faster with QEMU 10.0 and a root port
 * slower with 11.1; the newest kernel has no settle wait; one combination fails twice. 3 boots, or as many as are asked for.
 */
export function madeUpTables(boots = BOOTS): readonly VersionTable[] {
  const random = seededRandom(SEED);
  const machines = MACHINES.map(({ label, firstQemu }): GridMachine => {
    const cells = KERNELS.flatMap((_, kernel) =>
      QEMUS.map((__, qemu) => ({ variant: `${label}-${kernel}${qemu}`, kernel, qemu })),
    );
    return { label, cells: cells.filter(({ qemu }) => qemu >= firstQemu) };
  });
  const samples = machines.flatMap(({ label, cells }) =>
    cells.flatMap(({ variant, kernel, qemu }) => {
      const made = MACHINES.find((one) => one.label === label);
      return Array.from({ length: boots }, (_, boot): Sample => {
        const work = (made?.workMs(qemu) ?? 0) * (0.98 + 0.04 * random());
        const wait = made?.waitMs(kernel) ?? 0;
        const own = { variant, boot: boot + 1, order: boot };
        if (variant === 'pcie-root-port-02' && boot > 0) return failedSample('lost', own);
        return goodSample({ ...own, latencyMs: work + wait, phases: phasesOf(work, wait) });
      });
    }),
  );
  const grid = { scenario: 'test', kernels: KERNELS, qemus: QEMUS, machines };
  return versionTables([grid], samples, () => DEFAULT_THRESHOLD);
}

function phasesOf(work: number, wait: number): readonly Phase[] {
  const settle = Math.min(wait, Math.max(0, wait - 5000));
  const phases: readonly Phase[] = [
    { name: 'notify', kind: 'host', startMs: 0, durationMs: work / 4 },
    { name: 'button-wait', kind: 'fixed-wait', startMs: work / 4, durationMs: wait - settle },
    { name: 'enumeration', kind: 'guest', startMs: work / 4 + wait - settle, durationMs: (work * 3) / 4 },
    { name: 'settle-wait', kind: 'fixed-wait', startMs: work + wait - settle, durationMs: settle },
  ];
  return phases.filter(({ durationMs }) => durationMs > 0);
}
