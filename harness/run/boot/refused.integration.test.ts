import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import type { Sample } from '../../vocabulary.ts';
import { runReal } from '../test-run.ts';

/** What QEMU is asked for and refuses, on real machines. */

test('a refusal that is meant has the time until it, and what comes after it is measured', async () => {
  const source = `name: refused
defaults:
  guest: { kernel: patched, cpus: 1 }
  clock: virtual
  sampling: { boots: 1, cycles: 1, warmup: 0 }
  device: virtio-blk
variants:
  in-use:
    topology: { acpi-root-port: { ports: 2 } }
    sequence:
      - boot
      - plug: { id: first, bus: port0 }
      - plug: { device: virtio-rng, bus: port0, addr: 0, expect: refused }
      - plug: { device: virtio-rng, bus: port1 }
      - unplug
  too-many:
    topology: { acpi-root-port: { ports: 2 } }
    sequence: [boot, plug: { count: 4, expect: [ok, refused] }, unplug: virtio-blk, plug: { expect: refused, bus: port1 }, unplug]
  no-hotplug:
    topology: acpi-root-port
    sequence: [boot, plug: { bus: pcie.0, expect: refused }, plug, unplug]
  not-refused:
    topology: acpi-root-port
    sequence: [boot, plug: { expect: refused }, plug, unplug]
`;
  const run = await runReal(soundScenarioOf(source).variants);
  const of = (variant: string) => run.samples.filter((sample) => sample.variant === variant);
  const told = ({ operation, deviceId, outcome, expected }: Sample) =>
    [operation, deviceId, outcome, expected ? '' : 'not as expected'].filter(Boolean).join(' ');
  const inUse = [
    'plug first ok',
    'plug virtio-rng refused',
    'plug virtio-rng ok',
    'unplug first ok',
    'unplug virtio-rng ok',
  ];
  expect(of('in-use').map(told)).toEqual(['boot ok', ...inUse]);
  const tooMany = [
    ...['plug virtio-blk ok', 'plug virtio-blk-2 ok', 'plug virtio-blk-3 refused', 'plug virtio-blk-4 refused'],
    ...['unplug virtio-blk ok', 'plug virtio-blk-3 refused', 'unplug virtio-blk-2 ok'],
  ];
  expect(of('too-many').map(told)).toEqual(['boot ok', ...tooMany]);
  const once = ['plug virtio-blk refused', 'plug virtio-blk ok', 'unplug virtio-blk ok'];
  expect(of('no-hotplug').map(told)).toEqual(['boot ok', ...once]);
  expect(of('not-refused').map(told)).toEqual([
    ...['boot ok', 'plug virtio-blk accepted not as expected'],
    ...['plug virtio-blk aborted not as expected', 'unplug virtio-blk aborted not as expected'],
  ]);

  const refused = run.samples.filter(({ outcome }) => outcome === 'refused');
  expect(
    refused.every(({ refusedAfterMs, latencyMs }) => refusedAfterMs !== undefined && latencyMs === undefined),
  ).toBe(true);
  const detailOf = (variant: string) => refused.find((sample) => sample.variant === variant)?.detail;
  expect(detailOf('in-use')).toBe(
    'GenericError: PCI: slot 0 function 0 not available for virtio-rng-pci, in use by virtio-blk-pci,id=first',
  );
  expect(detailOf('no-hotplug')).toBe("GenericError: Bus 'pcie.0' does not support hotplugging");
  expect(run.samples.every(({ losses }) => losses.length === 0)).toBe(true);
  expect(run.survivors).toBe(0);
});

test('a refusal is not meant of a bus that the machine has not: that is said before anything starts', async () => {
  const source = `name: no-bus
variants: { a: { topology: acpi-root-port } }
defaults: { sampling: { boots: 1, cycles: 1, warmup: 0 } }
sequence: [boot, plug: { device: virtio-blk, bus: prot0, expect: refused }]
`;
  await expect(runReal(soundScenarioOf(source).variants)).rejects.toThrow('no-bus/a: the machine has no bus "prot0"');
});
