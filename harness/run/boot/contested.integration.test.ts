import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import type { Sample } from '../../vocabulary.ts';
import { runReal } from '../test-run.ts';

/** What clients do that do not wait for the guest, on real machines. */

const told = ({ operation, deviceId, outcome, expected, detail }: Sample) =>
  [operation, deviceId, outcome, expected ? '' : `not as expected: ${detail}`].filter(Boolean).join(' ');

test('an unplug that waits for nobody, a second one beside the first, and requests that are made until one succeeds', async () => {
  const source = `name: contested
defaults:
  guest: { kernel: patched }
  sampling: { boots: 1, cycles: 1, warmup: 0 }
  device: virtio-blk
variants:
  acpi:
    topology: { acpi-root-port: { ports: 1 } }
    sequence:
      - boot
      - plug: { id: d }
      - unplug: { id: d, after: 1ms, retry: { every: 500ms, times: 20 } }
      - plug: { id: d }
      - parallel:
          - [wait: 300ms, unplug: d]
          - [plug: { device: virtio-rng, retry: { every: 200ms, times: 50 } }]
      - unplug
  native:
    topology: pcie-root-port
    sequence:
      - boot
      - parallel: [[plug: { id: d }], [wait: 5s, unplug: d], [wait: 5.1s, unplug: { id: d, expect: refused }]]
      - plug: { id: d }
      - unplug: { id: d, after: 1ms, expect: [ok, refused] }
`;
  const run = await runReal(soundScenarioOf(source).variants);
  const of = (variant: string) => run.samples.filter((sample) => sample.variant === variant);
  const acpi = of('acpi');
  // How far the guest has come within a millisecond is its own affair.
  expect(acpi[1]?.outcome).toMatch(/^(ok|withdrawn)$/);
  expect(acpi.map(told).toSpliced(1, 1)).toEqual([
    ...['boot ok', 'unplug d ok', 'plug d ok', 'unplug d ok', 'plug virtio-rng ok', 'unplug virtio-rng ok'],
  ]);
  const again = acpi.find(({ deviceId, operation }) => deviceId === 'virtio-rng' && operation === 'plug');
  expect(again?.detail).toMatch(/^request \d+ of at most 50$/);
  expect(again?.phases.map(({ name }) => name)[0]).toBe('refused-requests');
  const sum = again?.phases.reduce((total, { durationMs }) => total + durationMs, 0) ?? 0;
  expect(sum).toBeCloseTo(again?.latencyMs ?? 0, 6);

  const native = of('native').map(({ operation, outcome, detail }) => [operation, outcome, detail]);
  expect(native.slice(0, 4)).toEqual([
    ['boot', 'ok', ''],
    ['plug', 'ok', ''],
    ['unplug', 'ok', ''],
    ['unplug', 'refused', 'GenericError: Device d is already in the process of unplug'],
  ]);
  // Before the guest has noticed the button, QEMU gives the device back at once; when its light blinks, it refuses.
  const [[, plugged], [, unplugged, words] = []] = native.slice(4) as [string[], string[]];
  const ends = [`${plugged} ${unplugged}`, words];
  expect([
    ['withdrawn ok', ''],
    ['ok ok', ''],
    ['ok refused', 'GenericError: Hot-unplug failed: guest is busy (power indicator blinking)'],
  ]).toContainEqual(ends);
  expect(run.samples.every(({ losses, expected }) => losses.length === 0 && expected)).toBe(true);
  expect(run.survivors).toBe(0);
});
