import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { runReal } from '../test-run.ts';

/** Devices on QEMU's command line, in real QEMU. */

const TEXT = `name: started
defaults: { guest: { kernel: patched }, sampling: { boots: 1, cycles: 1, warmup: 0 }, accelerator: tcg }
variants:
  ports:
    topology: { acpi-root-port: { ports: 4 } }
    start: [virtio-blk, virtio-net]
    sequence: [boot, unplug: virtio-blk, plug: { device: nvme, id: after }]
  libvirt: { topology: libvirt-acpi, start: [virtio-blk], sequence: [boot] }
  bridge:
    topology: shpc-bridge
    boot_mode: snapshot
    start: [virtio-scsi, { device: virtio-rng, count: 2 }]
    until: usable
    sequence: [boot, plug: { device: nvme, at: ready }]
`;

test('devices from the start are usable in fresh and in restored guests, beside one that is plugged at once, and give their slot back', async () => {
  const run = await runReal(soundScenarioOf(TEXT, '/scenarios/started.yaml').variants);
  const outcomesOf = (variant: string, boot: number) =>
    run.samples
      .filter((sample) => sample.variant === variant && sample.boot === boot)
      .map(({ operation, deviceId, outcome, detail }) => [operation, deviceId, outcome, detail].join(' ').trimEnd());
  expect(outcomesOf('ports', 1)).toEqual([
    'boot  ok',
    'start virtio-blk ok',
    'start virtio-net ok',
    'unplug virtio-blk ok',
    'plug after ok',
  ]);
  // Its ports are written as JSON.
  expect(outcomesOf('libvirt', 1)).toEqual(['boot  ok', 'start virtio-blk ok']);
  const bridge = ['boot  ok', 'start virtio-scsi ok', 'start virtio-rng ok', 'start virtio-rng-2 ok'];
  expect(outcomesOf('bridge', 0)).toEqual(bridge);
  expect(outcomesOf('bridge', 1)).toEqual([...bridge, 'plug nvme ok', 'until-usable  ok']);
  for (const { operation, phases, latencyMs = Number.NaN } of run.samples) {
    if (operation !== 'start' && operation !== 'until-usable') continue;
    expect(phases[0]?.name).toBe('qemu-start');
    expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(latencyMs, 6);
  }
  expect(run.boots.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined, undefined]);
  expect(run.survivors).toBe(0);
});
