import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Step } from '../variant.ts';
import { estimateBootMs } from './estimate.ts';

const [plug, unplug] = testVariant().steps as [Step, Step];
const estimate = (over: Parameters<typeof testVariant>[0]) => estimateBootMs(testVariant(over));

describe('estimateBootMs', () => {
  test('orders topologies by their fixed waits: SHPC waits twice, native PCIe once, ACPI never', () => {
    const [shpc, native, acpi] = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port'].map((topology) =>
      estimate({ topology }),
    );
    expect(shpc).toBeGreaterThan(11_000 + 5_000);
    expect(native).toBeLessThan(Number(shpc) - 4_000);
    expect(acpi).toBeLessThan(Number(native) - 5_000);
  });

  test('takes waits that are set on the kernel command line', () => {
    const kernel = { source: 'patched' } as const;
    const guest = testVariant().guest;
    const parameters = { 'shpchp.button_delay_ms': '0', 'shpchp.settle_ms': '250' };
    const change = estimate({ guest: { ...guest, kernel } }) - estimate({ guest: { ...guest, kernel, parameters } });
    expect(change).toBe(2 * 5_000 + 750);
  });

  test('counts every pass, and the waits of the sequence', () => {
    const sampling = { boots: 1, cycles: 1, warmup: 0 };
    const once = estimate({ sampling });
    const pause = { operation: 'wait', waitMs: 700 } as const;
    expect(estimate({ sampling, steps: [plug, pause, unplug] }) - once).toBe(700);
    const cycles = (cycles: number, warmup: number) => estimate({ sampling: { ...sampling, cycles, warmup } });
    expect(cycles(3, 2) - once).toBeCloseTo(4 * (cycles(2, 0) - once), 6);
  });

  test('devices that are plugged together queue in an SHPC and nowhere else', () => {
    const steps = (branches: number) => [{ operation: 'parallel', branches: Array(branches).fill([plug]) } as const];
    const more = (topology: string) =>
      estimate({ topology, steps: steps(8) }) - estimate({ topology, steps: steps(1) });
    expect(more('shpc-bridge')).toBe(7 * 1_000);
    expect(more('acpi-bridge')).toBe(0);
  });

  test('a boot from a snapshot is a small part of a fresh one, and KVM is faster than TCG', () => {
    const steps: readonly Step[] = [];
    expect(estimate({ steps, bootMode: 'snapshot' })).toBeLessThan(estimate({ steps }) / 5);
    expect(estimate({ accelerator: 'kvm' })).toBeLessThan(estimate({ accelerator: 'tcg' }));
  });
});
