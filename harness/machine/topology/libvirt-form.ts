import type { Slot } from '../device/device.ts';
import { isBefore, type MajorMinor } from '../qemu-release.ts';
import { FUNCTIONS, hexByte, portSlot } from './pci-address.ts';
import type { MachinePart } from './topology.ts';

/*
 * How libvirt writes QEMU's arguments, by its own tests: tests/qemuxmlconfdata/q35-default-devices-only.x86_64-latest.args
 * (commit c2ea8b2e, 2025) and virtio-non-transitional.x86_64-latest.args (commit 6eaf3614).
 */

/**
 * The first QEMU to which libvirt gives `-device` as JSON: one whose device_add has the feature json-cli-hotplug
 * (src/qemu/qemu_capabilities.c, QEMU_CAPS_DEVICE_JSON, since libvirt 8.1), which QEMU has since 7.0. `-object` has been JSON
 * since QEMU 6.0; of those that are older or in between, all is written as text here.
 */
const JSON_SINCE: MajorMinor = [7, 0];

/** Properties in the order in which libvirt writes them; the first is the driver, or the type of an object. */
type Properties = Readonly<Record<string, string | number | boolean>>;

/** A `-device` or `-object` as libvirt gives it to a QEMU of this version; as JSON where that is not known. */
function libvirtArgument(option: '-device' | '-object', properties: Properties, qemu?: MajorMinor) {
  const isOld = qemu !== undefined && isBefore(qemu, JSON_SINCE);
  return [option, isOld ? asText(properties) : JSON.stringify(properties)];
}

function asText(properties: Properties): string {
  const [[, first = ''] = [], ...others] = Object.entries(properties);
  return [first, ...others.map(([name, value]) => `${name}=${textOf(name, value)}`)].join(',');
}

/** Before it wrote JSON, libvirt wrote the number of a port in hexadecimal. */
function textOf(name: string, value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return name === 'port' ? `0x${Number(value).toString(16)}` : String(value);
}

/** A device on the root port of this number, the only one that it can be on. */
export function onPort(port: number): Properties {
  return { bus: `pci.${port}`, addr: '0x0' };
}

/** Where libvirt puts the first root port: PCI device 1 is a display's. */
const FIRST_DEVICE = 2;

function portPlace(index: number) {
  return { device: FIRST_DEVICE + Math.floor(index / FUNCTIONS), function: index % FUNCTIONS };
}

/**
 * Root ports pci.1 to pci.<count>, eight to a PCI device number. A port's number is made of device and function
 * (libvirt's src/qemu/qemu_domain_address.c, qemuDomainAssignPCIAddresses()).
 */
export function portArguments(count: number, qemu?: MajorMinor): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const place = portPlace(index);
    const isFirst = place.function === 0;
    const properties = {
      driver: 'pcie-root-port',
      port: place.device * FUNCTIONS + place.function,
      chassis: index + 1,
      id: `pci.${index + 1}`,
      bus: 'pcie.0',
      ...(isFirst && { multifunction: true }),
      addr: `0x${place.device.toString(16)}${isFirst ? '' : `.0x${place.function}`}`,
    };
    return libvirtArgument('-device', properties, qemu);
  }).flat();
}

/** The slot behind root port pci.<port>. */
function slotOfPort(port: number): Slot {
  const place = portPlace(port - 1);
  return portSlot(`pci.${port}`, `${hexByte(place.device)}.${place.function}`);
}

/**
 * What a machine with its devices on some of its ports offers: slots in the others, and the places of those that are taken.
 *
 * @param countOf how many ports a machine with these options has
 */
export function portUse<Options>(countOf: (given: Options) => number, occupied: readonly number[]) {
  return {
    slots: (given: Options) =>
      Array.from({ length: countOf(given) }, (_, index) => index + 1)
        .filter((port) => !occupied.includes(port))
        .map(slotOfPort),
    occupied: () => occupied.map((port) => slotOfPort(port).place),
  };
}

/** A part as libvirt writes it: what comes before the device, and the device itself. */
export function libvirtPart(
  guestModules: readonly string[],
  device: Properties & { readonly driver: string },
  before: (qemu?: MajorMinor) => readonly string[] = () => [],
): MachinePart {
  return {
    name: device.driver,
    arguments: (_directory, qemu) => [...before(qemu), ...libvirtArgument('-device', device, qemu)],
    lacking: () => undefined,
    guestModules,
    sharesMemory: false,
    processes: () => [],
  };
}

/** Random numbers of the host's. */
export function randomNumbers(device: Properties & { readonly driver: string }): MachinePart {
  const object = { 'qom-type': 'rng-random', id: 'objrng0', filename: '/dev/urandom' };
  return libvirtPart(['virtio_rng'], device, (qemu) => libvirtArgument('-object', object, qemu));
}

/** An empty disk of 16 MiB for a device to show. */
export function emptyDisk(node: string): readonly string[] {
  return ['-blockdev', `driver=null-co,node-name=${node},size=16777216,read-zeroes=on`];
}

/** A network that leads nowhere. */
export function deadNetwork(id: string): readonly string[] {
  return ['-netdev', `user,id=${id},restrict=on`];
}
