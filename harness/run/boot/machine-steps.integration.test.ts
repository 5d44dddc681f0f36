import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { UNATTRIBUTED } from '../../vocabulary.ts';
import { runReal } from '../test-run.ts';

/** What clients do to the machine itself, on real ones. */

test('a machine is stopped and goes on, rescans its buses and boots again, and what happens to its devices adds up', async () => {
  const source = `name: machine-steps
defaults: { guest: { kernel: patched }, device: virtio-blk, sampling: { boots: 1, cycles: 1, warmup: 0 } }
variants:
  native: { topology: { pcie-root-port: { ports: 4 } } }
sequence:
  - boot
  - plug: { id: a }
  - pause
  - plug: { id: b }
  - wait: 500ms
  - unplug: a
  - resume
  - parallel:
      - [plug: { id: c }]
      - [wait: 10ms, pause, wait: 300ms, resume]
  - rescan
  - check: devices
  - reset
  - check: devices
  - parallel:
      - [plug: { id: d }]
      - [wait: 20ms, rescan]
  - unplug
`;
  const run = await runReal(soundScenarioOf(source).variants);
  const { samples } = run;
  const told = samples.map(({ operation, deviceId, outcome }) => [operation, deviceId, outcome].join(' '));
  const plugs = ['plug a ok', 'plug b ok', 'unplug a ok', 'plug c ok', 'plug d ok'];
  expect(told).toEqual(['boot  ok', ...plugs, 'unplug b ok', 'unplug c ok', 'unplug d ok']);
  const stoppedMs = samples.map(({ operation, deviceId, phases }) => {
    const durations = phases.filter(({ name }) => name === 'machine-stopped').map(({ durationMs }) => durationMs);
    return [`${operation} ${deviceId}`, Math.round(durations.reduce((sum, ms) => sum + ms, 0))] as const;
  });
  const stopped = new Map(stoppedMs);
  // The command is written while the machine stands still; QEMU takes some time to carry it out.
  expect(stopped.get('plug b')).toBeGreaterThanOrEqual(450);
  expect(stopped.get('plug c')).toBeGreaterThanOrEqual(290);
  expect(stopped.get('plug a')).toBe(0);
  expect(stopped.get('plug d')).toBe(0);
  for (const { latencyMs = Number.NaN, phases, operation, deviceId } of samples) {
    expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(latencyMs, 3);
    // A device that the rescan finds first has no line of its driver's.
    if (deviceId !== 'd' || operation !== 'plug')
      expect(phases.filter(({ name }) => name === UNATTRIBUTED)).toEqual([]);
  }
  expect(run.samples.flatMap(({ losses = [] }) => losses)).toEqual([]);
  expect(run.survivors).toBe(0);
});

test('a check names the device that a rescan has broken, and fails the run', async () => {
  // shpchp waits 5 s before it powers the slot on. The rescan finds the device in the meantime, QEMU takes it away when shpchp is
  // there again, and the guest keeps a disk that answers nothing any more.
  const source = `name: check
defaults: { guest: { kernel: patched }, device: virtio-blk, sampling: { boots: 1, cycles: 1, warmup: 0 } }
variants: { a: { topology: shpc-bridge } }
sequence:
  - boot
  - parallel: [[plug: { id: d }], [wait: 20ms, rescan]]
  - check: devices
  - wait: 8s
  - check: devices
  - rescan
`;
  const run = await runReal(soundScenarioOf(source).variants);
  expect(run.outcomes).toEqual(['boot ok', 'plug ok']);
  const [boot] = run.boots;
  expect(boot?.failure).toContain('check of devices: the guest has a device at 02.0/01.0, and QEMU has none there');
  expect(boot?.failure).toContain('d at 02.0/01.0 with the driver virtio-pci and cannot use it any more (block)');
});
