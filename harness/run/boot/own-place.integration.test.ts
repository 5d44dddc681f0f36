import { expect, test } from 'vitest';
import { soundScenarioOf } from '../../scenario/test-scenario.ts';
import { UNATTRIBUTED } from '../../vocabulary.ts';
import { runReal } from '../test-run.ts';

test('LUNs come and go on a controller of the scenario, several at once, and on one that is plugged itself', async () => {
  const source = `name: own-place
defaults: { guest: { kernel: patched, cpus: 2 }, sampling: { boots: 1, cycles: 1, warmup: 0 } }
variants:
  a: { topology: { acpi-root-port: { ports: 2 } }, qemu_arguments: [-device, 'virtio-scsi-pci,id=scsi0,bus=pcie.0,addr=10'] }
sequence:
  - boot
  - plug: { device: scsi-disk, bus: scsi0.0, count: 3 }
  - plug: { device: custom, driver: scsi-hd, id: mine, bus: scsi0.0, usable: block, properties: { drive: $id, scsi-id: 4, lun: 2 }, backends: { blockdev: { driver: null-co, size: 1048576, read-zeroes: true } }, modules: [sd_mod] }
  - plug: { device: custom, driver: virtio-scsi-pci, id: hba, modules: [virtio_scsi] }
  - plug: { device: scsi-disk, bus: hba.0, id: behind, target: 1, lun: 5 }
  - plug: { device: virtio-blk, id: two, queues: 2 }
  - unplug: two
  - plug: { device: virtio-blk, id: one, queues: 1 }
  - check: devices
  - unplug: behind
  - unplug
`;
  const { outcomes, samples, boots, events, survivors } = await runReal(soundScenarioOf(source).variants);
  expect(outcomes).toEqual([
    'boot ok',
    ...Array(7).fill('plug ok'),
    ...['unplug ok', 'plug ok'],
    ...Array(7).fill('unplug ok'),
  ]);
  expect(boots.map(({ failure }) => failure)).toEqual([undefined]);
  const luns = samples.filter(({ device }) => device === 'scsi-disk' || device === 'custom-scsi-hd');
  for (const { latencyMs = Number.NaN, phases } of luns) {
    expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(latencyMs, 3);
    expect(phases.map(({ name }) => name)).not.toContain(UNATTRIBUTED);
  }
  expect(luns[0]?.phases.map(({ name }) => name)).toEqual([
    ...['qmp-command', 'lun-scan', 'driver-probe', 'device-node', 'first-use'],
  ]);
  const queuesOf = (id: string) =>
    events('own-place.a.001').flatMap((event) => {
      if (event.source !== 'agent' || event.direction !== 'received') return [];
      const { kind, fields } = event.message;
      return kind === 'usable' && fields.device === id ? [fields.queues] : [];
    });
  expect([queuesOf('two')[0], queuesOf('one')[0]]).toEqual(['2', '1']);
  expect(survivors).toBe(0);
});
