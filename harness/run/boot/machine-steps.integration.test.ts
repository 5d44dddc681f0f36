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
  - reset
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
