import { describe, expect, test } from 'vitest';
import { runReal } from '../run/test-run.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { debianKernel } from './debian-kernel.ts';

/** Kernels that no longer say in a slot's directory who owns it. */
describe.each(['trixie', 'sid'] as const)(
  "a user's own kernel, image and modules by path, as new as that of %s",
  (suite) => {
    test('is measured on SHPC, native and ACPI slots as Debian’s own', async () => {
      const there = await debianKernel({ suite }, () => {});
      if (!there.ok) {
        console.log(`left out, the kernel of ${suite}: ${there.failure.what}`);
        return;
      }
      const { image, modulesDirectory = '', release } = there.value;
      const { guest } = testVariant();
      const variants = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port'].map((topology) =>
        testVariant({
          name: topology,
          topology,
          guest: { ...guest, kernel: { source: 'custom', image, modules: modulesDirectory } },
          sampling: { boots: 1, cycles: 1, warmup: 0 },
          timeouts: { bootMs: 300_000, plugMs: 60_000, unplugMs: 60_000 },
        }),
      );
      const run = await runReal(variants);
      const found = run.samples.map(({ variant, operation, outcome, detail }) => [variant, operation, outcome, detail]);
      expect(found.filter(([, , outcome]) => outcome !== 'ok')).toEqual([]);
      expect(new Set(run.samples.map(({ kernel }) => kernel))).toEqual(new Set([release]));
    }, 600_000);
  },
);
