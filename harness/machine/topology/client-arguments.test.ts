import { describe, expect, test } from 'vitest';
import type { MajorMinor } from '../qemu-release.ts';
import { topologyOf } from './index.ts';

/**
 * What QEMU is started with for a topology's layout and parts, but for backends, which are the harness's own.
 *
 * @param options as a scenario gives them
 */
function argumentsOf(name: string, options = {}, qemu: MajorMinor = [11, 1]): readonly string[] {
  const topology = topologyOf(name);
  const given = topology.options.parse(options);
  const all = [
    ...topology.arguments(given, qemu),
    ...(topology.parts?.(given) ?? []).flatMap((part) => part.arguments('/run/x', qemu)),
  ];
  return all.flatMap((word, index) => (all[index - 1] === '-device' || all[index - 1] === '-object' ? [word] : []));
}

describe('kata-containers 4.1.0', () => {
  // Written down from ToQemuParams of each device in cmdline_generator.rs, in the order of QemuCmdLine::new() and of
  // prepare_for_start_sandbox(); kata passes vhostfd= where QEMU opens the device itself here.
  const devices = (bridges: readonly string[]) => [
    'rng-random,id=rng0,filename=/dev/urandom',
    'virtio-rng-pci,rng=rng0',
    ...bridges,
    'virtio-scsi-pci,id=scsi0',
    expect.stringMatching(/^vhost-vsock-pci,guest-cid=\d+$/),
    'virtio-net-pci,netdev=network-tap0_kata,mac=9a:be:ea:cc:8f:8f,mq=on,vectors=4',
    'vhost-user-fs-pci,chardev=virtiofsd-chardev,tag=kataShared,queue-size=1024',
    'virtio-serial-pci,id=serial0',
    'virtconsole,id=console0,chardev=charconsole0',
  ];
  const bridge = (index: number, chassis: number, addr: number) =>
    `pci-bridge,bus=pcie.0,id=pci-bridge-${index},chassis_nr=${chassis},shpc=off,addr=${addr},io-reserve=4k,mem-reserve=1m,pref64-reserve=1m`;

  test('one bridge without a hot-plug controller, with reserves', () => {
    expect(argumentsOf('kata')).toEqual(devices([bridge(0, 1, 2)]));
  });

  test('as many bridges as default_bridges says', () => {
    expect(argumentsOf('kata', { bridges: 3 })).toEqual(devices([bridge(0, 1, 2), bridge(1, 2, 3), bridge(2, 3, 4)]));
  });

  test('with OVMF, a pcie-pci-bridge behind a root port that has the reserves', () => {
    expect(argumentsOf('kata-ovmf')).toEqual(
      devices([
        'pcie-root-port,id=rp-pci-bridge-0,addr=2,chassis=16,slot=0,bus=pcie.0,multifunction=off,bus-reserve=0x1,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m',
        'pcie-pci-bridge,bus=rp-pci-bridge-0,id=pci-bridge-0',
      ]),
    );
  });
});

/** The root port as in libvirt's tests/qemuxmlconfdata/q35-default-devices-only.x86_64-latest.args, on device 2. */
const rootPorts = [
  '{"driver":"pcie-root-port","port":16,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x2"}',
  '{"driver":"pcie-root-port","port":17,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x2.0x1"}',
  '{"driver":"pcie-root-port","port":18,"chassis":3,"id":"pci.3","bus":"pcie.0","addr":"0x2.0x2"}',
  '{"driver":"pcie-root-port","port":19,"chassis":4,"id":"pci.4","bus":"pcie.0","addr":"0x2.0x3"}',
  '{"driver":"pcie-root-port","port":20,"chassis":5,"id":"pci.5","bus":"pcie.0","addr":"0x2.0x4"}',
  '{"driver":"pcie-root-port","port":21,"chassis":6,"id":"pci.6","bus":"pcie.0","addr":"0x2.0x5"}',
  '{"driver":"pcie-root-port","port":22,"chassis":7,"id":"pci.7","bus":"pcie.0","addr":"0x2.0x6"}',
  '{"driver":"pcie-root-port","port":23,"chassis":8,"id":"pci.8","bus":"pcie.0","addr":"0x2.0x7"}',
  '{"driver":"pcie-root-port","port":24,"chassis":9,"id":"pci.9","bus":"pcie.0","multifunction":true,"addr":"0x3"}',
  '{"driver":"pcie-root-port","port":25,"chassis":10,"id":"pci.10","bus":"pcie.0","addr":"0x3.0x1"}',
];
const rngObject = '{"qom-type":"rng-random","id":"objrng0","filename":"/dev/urandom"}';

describe('libvirt', () => {
  test('since QEMU 7.0 as JSON, in the form of its own tests', () => {
    expect(argumentsOf('libvirt-acpi')).toEqual([
      ...rootPorts.slice(0, 7),
      '{"driver":"qemu-xhci","p2":15,"p3":15,"id":"usb","bus":"pci.2","addr":"0x0"}',
      '{"driver":"virtio-serial-pci","id":"virtio-serial0","bus":"pci.3","addr":"0x0"}',
      '{"driver":"virtio-blk-pci","bus":"pci.4","addr":"0x0","drive":"libvirt-2-format","id":"virtio-disk0","bootindex":1}',
      '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:cd:ed:dd","bus":"pci.1","addr":"0x0"}',
      rngObject,
      '{"driver":"virtio-rng-pci","rng":"objrng0","id":"rng0","bus":"pci.6","addr":"0x0"}',
    ]);
  });

  test('before, as the thread of 2021 quotes it', () => {
    const before = argumentsOf('libvirt', {}, [5, 2]);
    expect(before.slice(0, 2)).toEqual([
      'pcie-root-port,port=0x10,chassis=1,id=pci.1,bus=pcie.0,multifunction=on,addr=0x2',
      'pcie-root-port,port=0x11,chassis=2,id=pci.2,bus=pcie.0,addr=0x2.0x1',
    ]);
    expect(before.slice(-2)).toEqual([
      'rng-random,id=objrng0,filename=/dev/urandom',
      'virtio-rng-pci,rng=objrng0,id=rng0,bus=pci.6,addr=0x0',
    ]);
  });

  test('free ports come after those of its devices, eight to a device number', () => {
    expect(argumentsOf('libvirt-acpi', { free: 5 }).slice(0, 10)).toEqual(rootPorts);
    const slots = topologyOf('libvirt-acpi').slots({ free: 5 });
    expect(slots.map(({ place }) => place)).toEqual([
      ...['02.4/00.0', '02.6/00.0', '02.7/00.0', '03.0/00.0', '03.1/00.0'],
    ]);
  });
});

describe('kubevirt', () => {
  test('devices on the buses of docs/pci-topology.md, of the model virtio-non-transitional', () => {
    expect(argumentsOf('kubevirt')).toEqual([
      ...rootPorts.slice(0, 8),
      '{"driver":"virtio-scsi-pci-non-transitional","id":"scsi0","bus":"pci.5","addr":"0x0"}',
      '{"driver":"virtio-serial-pci-non-transitional","id":"virtio-serial0","bus":"pci.6","addr":"0x0"}',
      '{"driver":"virtio-blk-pci-non-transitional","bus":"pci.7","addr":"0x0","drive":"libvirt-1-format","id":"ua-rootdisk","bootindex":1}',
      '{"driver":"virtio-net-pci-non-transitional","netdev":"hostua-default","id":"ua-default","mac":"02:00:00:cd:ed:dd","bus":"pci.1","addr":"0x0","romfile":""}',
      '{"driver":"virtio-balloon-pci-non-transitional","id":"balloon0","bus":"pci.8","addr":"0x0"}',
    ]);
  });

  test('three ports are free, and nine above 2 GiB of memory: buses 2 to 4 and 9 to 14', () => {
    const buses = (large: boolean) =>
      topologyOf('kubevirt')
        .slots({ large })
        .map(({ bus }) => bus);
    expect(buses(false)).toEqual(['pci.2', 'pci.3', 'pci.4']);
    expect(buses(true)).toEqual([...buses(false), 'pci.9', 'pci.10', 'pci.11', 'pci.12', 'pci.13', 'pci.14']);
  });
});

describe('nova', () => {
  test('leaves the ports to libvirt by default, which leaves one free', () => {
    expect(argumentsOf('nova')).toEqual([
      ...rootPorts.slice(0, 5),
      '{"driver":"qemu-xhci","id":"usb","bus":"pci.2","addr":"0x0"}',
      '{"driver":"virtio-blk-pci","bus":"pci.3","addr":"0x0","drive":"libvirt-1-format","id":"virtio-disk0","bootindex":1,"write-cache":"on"}',
      '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"fa:16:3e:cd:ed:dd","bus":"pci.1","addr":"0x0"}',
      '{"driver":"virtio-balloon-pci","id":"balloon0","bus":"pci.4","addr":"0x0"}',
    ]);
  });

  test.each([
    [0, 1],
    [3, 0],
    [4, 0],
    [16, 12],
    [28, 24],
  ])('num_pcie_ports %i leaves %i free', (ports, free) => {
    expect(topologyOf('nova').slots({ num_pcie_ports: ports })).toHaveLength(free);
  });
});
