import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { runReal } from './test-run.ts';

const VIRTUAL = {
  clock: 'virtual',
  guest: { ...testVariant().guest, cpus: 1, kernel: { source: 'patched' } },
  sampling: { boots: 2, cycles: 2, warmup: 1 },
} as const;
const TOPOLOGIES = ['shpc-bridge', 'pcie-root-port', 'acpi-root-port', 'acpi-bridge', 'acpi-i440fx'];

test('in virtual time, work repeats, waits are as long as they are and cost nothing, and phases add up', async () => {
  const run = await runReal(TOPOLOGIES.map((topology) => testVariant({ name: topology, topology, ...VIRTUAL })));
  expect(new Set(run.outcomes)).toEqual(new Set(['boot ok', 'plug ok', 'unplug ok']));
  for (const { phases, latencyMs = Number.NaN, clock } of run.samples) {
    expect(clock).toBe('virtual');
    expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(latencyMs, 6);
  }
  const shortestMs = (variant: string, operation: string, boot: number, phase: string) =>
    Math.min(
      ...run.samples
        .filter((sample) => sample.variant === variant && sample.operation === operation && sample.boot === boot)
        .flatMap(({ phases }) => phases.filter(({ name }) => name === phase).map(({ durationMs }) => durationMs)),
    );
  for (const topology of TOPOLOGIES) {
    const [one, other] = [1, 2].map((boot) => shortestMs(topology, 'plug', boot, 'enumeration')) as [number, number];
    console.log(`${topology}: enumeration ${one.toFixed(4)} and ${other.toFixed(4)} ms`);
    // One interrupt in all samples of a boot of four is 3 %; a real second, by comparison, differs by tens of per cent.
    expect(Math.abs(one / other - 1), topology).toBeLessThan(0.05);
  }
  for (const sample of run.samples.filter(
    ({ variant, operation }) => variant === 'shpc-bridge' && operation === 'plug',
  )) {
    const wait = sample.phases.find(({ name }) => name === 'button-wait');
    // kernel/time/timer.c: 1250 jiffies and, at the most, one step of the timer wheel.
    expect(wait?.durationMs).toBeGreaterThan(4996);
    expect(wait?.durationMs).toBeLessThan(5260);
    expect(sample.wallMs).toBeLessThan(wait?.durationMs ?? 0);
  }
});

test('a burst begins at one virtual moment, and a guest restored from a snapshot goes on in virtual time', async () => {
  const disks = [0, 1, 2, 3].map((slot) => ({
    deviceId: `disk${slot}`,
    device: 'virtio-blk',
    options: { backend: 'null-co' },
    slot,
    sequence: 1,
  }));
  const plug = disks.map((disk) => [{ operation: 'plug', ...disk }] as const);
  const unplug = disks.map((disk) => [{ operation: 'unplug', ...disk, sequence: 2 }] as const);
  const run = await runReal([
    testVariant({
      ...VIRTUAL,
      sampling: { boots: 1, cycles: 1, warmup: 0 },
      bootMode: 'snapshot',
      steps: [
        { operation: 'parallel', branches: plug },
        { operation: 'parallel', branches: unplug },
      ],
    }),
  ]);
  expect(new Set(run.outcomes)).toEqual(new Set(['boot ok', 'plug ok', 'unplug ok']));
  const starts = run.samples.filter(({ operation }) => operation === 'plug').map(({ startMs }) => startMs);
  expect(starts).toHaveLength(4);
  expect(new Set(starts).size).toBe(1);
});
