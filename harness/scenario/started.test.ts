import { describe, expect, test } from 'vitest';
import { topologies } from '../machine/topology/index.ts';
import { passRefusal } from './check-pass.ts';
import { problemLines, scenarioText, soundScenarioOf } from './test-scenario.ts';
import { testVariant } from './test-variant.ts';

const ONCE = 'sampling: { cycles: 1, warmup: 0 }';
const textOf = (start: string, sequence: string, more = ONCE) =>
  scenarioText({
    variants: `{ a: { topology: { pcie-root-port: { ports: 3 } }, start: ${start}, ${more} } }`,
    sequence,
  });
const variantOf = (start: string, sequence: string, more?: string) =>
  soundScenarioOf(textOf(start, sequence, more)).variants[0];
const problemsOf = (start: string, sequence: string, more?: string) => problemLines(textOf(start, sequence, more));

describe('devices from the start', () => {
  test('take the first free slots, and no plug takes one of theirs', () => {
    const variant = variantOf('[virtio-blk, { device: virtio-net, id: net0 }]', '[boot, plug: virtio-blk]');
    expect(variant?.started).toMatchObject([
      { operation: 'start', device: 'virtio-blk', deviceId: 'virtio-blk', slot: 0 },
      { operation: 'start', device: 'virtio-net', deviceId: 'net0', slot: 1 },
    ]);
    expect(variant?.steps).toMatchObject([{ operation: 'plug', deviceId: 'virtio-blk-2', slot: 2 }]);
  });

  test('may be several of a kind, and may be in a slot of their own', () => {
    const variant = variantOf(
      '[{ device: nvme, count: 2, bus: auto }, { device: nvme, bus: rp3 }]'.replace('rp3', bus(2)),
      '[boot]',
    );
    expect(variant?.started.map(({ deviceId, slot }) => [deviceId, slot])).toEqual([
      ['nvme', 0],
      ['nvme-2', 1],
      ['nvme-3', 2],
    ]);
  });

  test('are unplugged by id or by kind, and leave their slot to the next', () => {
    const variant = variantOf('[virtio-blk]', '[boot, unplug: virtio-blk, plug: nvme]');
    expect(variant?.steps).toMatchObject([
      { operation: 'unplug', deviceId: 'virtio-blk', slot: 0 },
      { operation: 'plug', deviceId: 'nvme', slot: 0 },
    ]);
  });

  test("an id of theirs is nobody else's", () => {
    expect(problemsOf('[{ device: nvme, id: a }]', '[boot, plug: { device: nvme, id: a }]')).toEqual([
      expect.stringContaining('the id "a" for the second time'),
    ]);
  });

  test('more than there are slots are refused', () => {
    expect(problemsOf('[{ device: nvme, count: 4 }]', '[boot]')).toEqual([
      expect.stringContaining('4 devices plugged at once, but pcie-root-port with ports: 3 has 3 slots'),
    ]);
  });

  test('a sequence that is repeated has to leave them as they were', () => {
    const twice = 'sampling: { cycles: 2, warmup: 0 }';
    expect(problemsOf('[virtio-blk]', '[boot, unplug: virtio-blk]', twice)).toEqual([
      expect.stringContaining('"virtio-blk" is there from the start and not, or elsewhere, at the end of the sequence'),
    ]);
    expect(problemsOf('[virtio-blk]', '[boot, plug: nvme, unplug: nvme]', twice)).toEqual([]);
    const again = '[boot, unplug: disk, plug: { device: virtio-blk, id: disk }]';
    expect(problemsOf('[{ device: virtio-blk, id: disk }]', again, twice)).toEqual([]);
  });

  test('the same holds for what the command line makes of it', () => {
    const disk = { deviceId: 'disk', device: 'virtio-blk', options: {}, slot: 0 } as const;
    const variant = testVariant({
      started: [{ operation: 'start', ...disk }],
      steps: [{ operation: 'unplug', ...disk, sequence: 1 }],
    });
    expect(passRefusal(variant)).toBeUndefined();
    expect(passRefusal({ ...variant, sampling: { boots: 1, cycles: 2, warmup: 0 } })).toContain('there from the start');
  });

  test('are refused where only the running guest knows their place', () => {
    const lun = '{ device: scsi-disk, bus: adapter.0 }';
    const text = (start: string, sequence: string) =>
      problemsOf(start, sequence, `qemu_arguments: [-device, 'virtio-scsi-pci,id=adapter'], ${ONCE}`);
    expect(text(`[${lun}]`, '[boot]')).toEqual([expect.stringContaining('scsi-disk on a bus of PCI')]);
    expect(text('[]', '[boot, plug: { device: scsi-disk, bus: adapter.0, at: ready }]')).toEqual([
      expect.stringContaining('scsi-disk on a bus of PCI'),
    ]);
  });

  test('are refused on the virtual clock, with the reason', () => {
    expect(problemsOf('[virtio-blk]', '[boot]', `clock: virtual, ${ONCE}`)).toEqual([
      expect.stringContaining("whose time begins with QEMU's process, in the host's time, expected clock: real"),
    ]);
  });
});

function bus(index: number): string {
  const slots = topologies.get('pcie-root-port')?.slots({ ports: 3 }) ?? [];
  return slots[index]?.bus ?? '';
}

describe('until: usable', () => {
  const until = `until: usable, ${ONCE}`;

  test('needs a device, and one pass', () => {
    expect(variantOf('[]', '[boot, plug: virtio-blk]', until)?.until).toBe('usable');
    expect(problemsOf('[]', '[boot]', until)).toEqual([expect.stringContaining('no device that could become usable')]);
    const twice = 'until: usable, sampling: { cycles: 2, warmup: 0 }';
    expect(problemsOf('[]', '[boot, plug: virtio-blk, unplug]', twice)).toEqual([
      expect.stringContaining('until: usable, which is one time for each boot'),
    ]);
  });

  test('a plug at ready has no moment after cont, and goes with a snapshot', () => {
    const atReady = '[boot, plug: { device: virtio-blk, at: ready }]';
    const variant = variantOf('[]', atReady, `boot_mode: snapshot, ${until}`);
    expect(variant?.bootPlugs).toMatchObject([{ deviceId: 'virtio-blk', slot: 0, atReady: true, holdMs: 0 }]);
    const timed = '[boot, plug: { device: virtio-blk, at: 1s }]';
    expect(problemsOf('[]', timed, `boot_mode: snapshot, ${until}`)).toEqual([
      expect.stringContaining('boots from a snapshot, and a sequence that plugs during the boot'),
    ]);
  });
});
