import { afterEach, describe, expect, test, vi } from 'vitest';
import { vhostUserFs } from '../../machine/device/vhost-user-fs.ts';
import { machinePartsOf } from './variant-needs.ts';

const kata = { topology: 'kata-2021', topologyOptions: {} } as const;
/** Whether a host can give this one depends on its kernel: it is looked at by itself. */
const OF_THE_HOST = 'vhost-vsock-pci';
const ALWAYS_THERE = [
  'virtio-serial-pci with a virtconsole',
  'virtio-scsi-pci',
  'virtio-rng-pci',
  'virtio-net-pci',
] as const;

afterEach(() => vi.restoreAllMocks());

/** What kata's machine of 2021 has, and what it is told to be without, on a host whose virtiofsd is there or is not. */
function kataOn(bootMode: 'fresh' | 'snapshot', lackingVirtiofsd?: string) {
  vi.spyOn(vhostUserFs, 'lacking').mockReturnValue(lackingVirtiofsd);
  const { parts, leftOut } = machinePartsOf({ ...kata, bootMode });
  return {
    has: parts.map(({ name }) => name).filter((name) => name !== OF_THE_HOST),
    isWithout: leftOut.filter((text) => !text.startsWith(`${OF_THE_HOST}: `)),
    ofTheHost: [...parts.map(({ name }) => name), ...leftOut].filter((text) => text.startsWith(OF_THE_HOST)),
  };
}

describe("the parts of kata's machine", () => {
  test('all of them on a host that lacks nothing, in the order of QEMU arguments', () => {
    const { has, isWithout } = kataOn('fresh');
    expect(has).toEqual([...ALWAYS_THERE.slice(0, 3), 'vhost-user-fs-pci', 'virtio-net-pci']);
    expect(isWithout).toEqual([]);
  });

  test('without what the host lacks, with what that is', () => {
    const { has, isWithout } = kataOn('fresh', 'virtiofsd, which is nowhere');
    expect(has).toEqual(ALWAYS_THERE);
    expect(isWithout).toEqual(['vhost-user-fs-pci: this host lacks virtiofsd, which is nowhere']);
  });

  test('without the part that QEMU cannot save, where the machine is to be saved', () => {
    const { has, isWithout } = kataOn('snapshot');
    expect(has).toEqual(ALWAYS_THERE);
    expect(isWithout).toEqual(['vhost-user-fs-pci: QEMU cannot save a guest that has it']);
  });

  test('each is there or left out, never both and never neither', () => {
    expect(kataOn('fresh').ofTheHost).toHaveLength(1);
    expect(kataOn('snapshot').ofTheHost).toHaveLength(1);
  });
});

test('a machine of slots alone has no parts, and nothing is left out of it', () => {
  expect(machinePartsOf({ topology: 'shpc-bridge', topologyOptions: {}, bootMode: 'fresh' })).toEqual({
    parts: [],
    leftOut: [],
  });
});
