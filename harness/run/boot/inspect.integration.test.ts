import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRecording } from '../../record/boots-on-disk.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import { samplesOf } from '../../timeline/samples-of.ts';
import type { Variant } from '../../variant.ts';
import { type RealRun, runReal } from '../test-run.ts';

/** Two disks, inspected in a guest with an IOMMU, and unplugged again. */
function inspected(topology: string, over: Partial<Variant>): Variant {
  const variant = testVariant(over);
  const disk = (deviceId: string, slot: number) => {
    return { deviceId, device: 'virtio-blk', options: { backend: 'null-co' }, slot };
  };
  return {
    ...variant,
    topology,
    guest: { ...variant.guest, iommu: true, ...over.guest },
    sampling: { boots: 1, cycles: 1, warmup: 0 },
    steps: [
      { operation: 'plug', ...disk('a', 0), sequence: 1 },
      { operation: 'plug', ...disk('b', 1), sequence: 2 },
      { operation: 'inspect', what: 'iommu-groups', devices: [disk('a', 0), disk('b', 1)] },
      { operation: 'unplug', ...disk('a', 0), sequence: 4 },
      { operation: 'unplug', ...disk('b', 1), sequence: 5 },
    ],
  };
}

const ports = { topologyOptions: { ports: 2 } };
const { guest } = testVariant();

/** What `facts.json` says of one variant. */
function factsOf(run: RealRun, name: string) {
  const { variants } = JSON.parse(readFileSync(join(run.directory, 'facts.json'), 'utf8'));
  return variants.find(({ variant }: { variant: string }) => variant === name);
}

function drivers(run: RealRun, name: string): readonly string[] {
  return run
    .events(`test.${name}.001`)
    .flatMap((event) =>
      event.source === 'agent' && event.direction === 'received' && event.message.kind === 'returned'
        ? [event.message.fields.driver ?? '']
        : [],
    );
}

test('devices behind a bridge share an IOMMU group, those in root ports do not, and all go back to their drivers', async () => {
  const run = await runReal([
    inspected('acpi-bridge', { name: 'bridge' }),
    inspected('acpi-root-port', { name: 'ports', ...ports }),
    inspected('acpi-root-port', {
      name: 'unused',
      ...ports,
      guest: { ...guest, iommu: true, parameters: { intel_iommu: 'off' } },
    }),
  ]);
  expect(new Set(run.outcomes)).toEqual(new Set(['boot ok', 'plug ok', 'unplug ok']));
  expect(run.survivors).toBe(0);
  expect(drivers(run, 'bridge')).toEqual(['virtio-pci', 'virtio-pci', 'virtio-pci']);
  expect(drivers(run, 'ports')).toEqual(['virtio-pci', 'virtio-pci', 'virtio-pci']);
  expect(drivers(run, 'unused')).toEqual(['virtio-pci', 'virtio-pci', 'virtio-pci']);

  const bridge = factsOf(run, 'bridge');
  expect(bridge).toMatchObject({ slots_offered: 32, slots_per_bus: { '02.0': 32 } });
  expect(bridge.iommu.devices[0].group).toBe(bridge.iommu.devices[1].group);
  expect(bridge.iommu.userspace_beside_kernel_driver).toMatchObject({ possible: false });
  expect(bridge.iommu.two_userspace_drivers).toMatchObject({ possible: false });

  const rootPorts = factsOf(run, 'ports');
  expect(rootPorts).toMatchObject({
    slots_offered: 2,
    slots_promised: 2,
    slot_controllers: { '02.0/00.0': 'acpiphp', '03.0/00.0': 'acpiphp' },
    notes: [],
  });
  expect(rootPorts.iommu.devices[0].group).not.toBe(rootPorts.iommu.devices[1].group);
  expect(rootPorts.iommu.userspace_beside_kernel_driver).toEqual({ possible: true, why: '' });
  expect(rootPorts.iommu.two_userspace_drivers).toEqual({ possible: true, why: '' });

  // A guest that does not use its IOMMU: a fact that is not known, with its reason, and no sample fails.
  const { iommu } = factsOf(run, 'unused');
  expect(iommu.devices).toMatchObject([{ group: null }, { group: null }]);
  expect(iommu.two_userspace_drivers).toMatchObject({ possible: null, why: expect.stringContaining('vfio-pci') });

  // An inspection changes nothing in the samples around it: read again, the recordings give the same.
  const recordings = ['bridge', 'ports', 'unused'].map((name) =>
    parseRecording(readFileSync(join(run.directory, 'recording', `test.${name}.001.jsonl`), 'utf8')),
  );
  const again = recordings.flatMap((recording) => (recording.ok ? samplesOf([recording.value]) : []));
  const phases = (samples: RealRun['samples']) =>
    Object.fromEntries(samples.map((s) => [`${s.variant} ${s.sequence}`, [s.latencyMs, s.phases]]));
  expect(phases(again)).toEqual(phases(run.samples));
});

test('QEMU dies during an inspection: what is left is not tried, at once, and the facts say what was not answered', async () => {
  const run = await runReal([inspected('acpi-root-port', { name: 'dying', ...ports })], {
    onDirectory: (directory) => {
      const recording = join(directory, 'recording', 'test.dying.001.jsonl');
      const timer = setInterval(() => {
        const text = readFileSync(recording, 'utf8');
        const pid = /"event":"started","pid":(\d+)/.exec(text)?.[1];
        if (!pid || !text.includes('"verb":"claim"')) return;
        clearInterval(timer);
        process.kill(Number(pid), 'SIGKILL');
      }, 5);
    },
  });
  // Whether QEMU's end or the missing answer is heard of first is chance; the second says that it is the inspection's.
  const [first, second] = run.samples.slice(3);
  expect(run.outcomes.slice(0, 3)).toEqual(['boot ok', 'plug ok', 'plug ok']);
  expect(first?.outcome).toMatch(/^(crashed|aborted)$/);
  expect(first?.detail).toMatch(/^(between two operations: QEMU died of SIGKILL|not tried: after the inspection: )/);
  expect(second).toMatchObject({ outcome: 'aborted', detail: expect.stringMatching(/^not tried: /) });
  expect(factsOf(run, 'dying').notes).toEqual([
    expect.stringMatching(/^boot 1, cycle 1: the guest did not answer "claim/),
  ]);
  expect(factsOf(run, 'dying').iommu.two_userspace_drivers).toEqual({ possible: null, why: 'not answered' });
  expect(run.survivors).toBe(0);
});
