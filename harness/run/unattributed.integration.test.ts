import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Variant } from '../variant.ts';
import { debianKernel } from '../versions/debian-kernel.ts';
import { debianQemu } from '../versions/debian-qemu.ts';
import type { SuiteName } from '../versions/suites.ts';
import { runReal } from './test-run.ts';

/**
 * The phase tables hold on every kernel under the oldest and the newest QEMU that starts it: of the time that is not a fixed
 * wait, at the median, what no phase explains is less than this. The figures are printed.
 */
const MAX_UNATTRIBUTED_SHARE = 0.1;

/** Debian's suites by their kernels: 5.10, 6.1, 6.12, 7.2. */
const KERNELS = ['bullseye', 'bookworm', 'trixie', 'sid'] as const satisfies readonly SuiteName[];
/** Those with the oldest and the newest QEMU, 5.2 and 11.1; each starts all of the kernels. */
const QEMUS = ['bullseye', 'sid'] as const satisfies readonly SuiteName[];

const TOPOLOGIES = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port', 'acpi-bridge', 'acpi-i440fx'];
/** QEMU 5.2 has no ACPI hot-plug on q35. */
const LACKING: Readonly<Partial<Record<SuiteName, readonly string[]>>> = {
  bullseye: ['acpi-root-port', 'acpi-bridge'],
};

describe.each(KERNELS)('the kernel of %s', (kernel) => {
  test.each(QEMUS)(
    'under the QEMU of %s: little is unexplained',
    async (qemu) => {
      const lacking = (
        await Promise.all([debianKernel({ suite: kernel }, ignore), debianQemu({ suite: qemu }, ignore)])
      ).flatMap((fetched) => (fetched.ok ? [] : [fetched.failure.what]));
      if (lacking.length > 0) {
        console.log(`left out, the kernel of ${kernel} under the QEMU of ${qemu}: ${lacking.join(' ')}`);
        return;
      }
      const variants = TOPOLOGIES.filter((topology) => !LACKING[qemu]?.includes(topology));
      const run = await runReal(variants.map((topology) => variant(topology, kernel, qemu)));
      for (const { variant: name, operation, unattributedShare, latencyMs } of run.findings.waterfalls) {
        const share = `${(unattributedShare * 100).toFixed(1)} %`;
        console.log(`${kernel} under ${qemu}, ${name} ${operation}: ${latencyMs.toFixed(1)} ms, unattributed ${share}`);
        expect(unattributedShare, `${name} ${operation}`).toBeLessThan(MAX_UNATTRIBUTED_SHARE);
      }
      const failed = run.samples.filter(({ outcome }) => outcome !== 'ok');
      expect(failed.map(({ variant: name, operation, outcome, detail }) => [name, operation, outcome, detail])).toEqual(
        [],
      );
      expect(run.samples).toHaveLength(3 * variants.length);
    },
    600_000,
  );
});

function ignore(): void {}

function variant(topology: string, kernel: SuiteName, qemu: SuiteName): Variant {
  const { guest } = testVariant();
  return testVariant({
    name: topology,
    topology,
    guest: { ...guest, kernel: { source: 'debian', suite: kernel } },
    qemu: { suite: qemu },
    sampling: { boots: 1, cycles: 1, warmup: 0 },
    timeouts: { bootMs: 300_000, plugMs: 60_000, unplugMs: 60_000 },
  });
}
