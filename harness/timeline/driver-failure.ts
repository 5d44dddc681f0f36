import { kernelLine, type Operation, type RecordedEvent } from './recording.ts';

/**
 * drivers/base/dd.c, call_driver_probe(): a driver was tried and did not take the device. Until Linux 6.10 "virtio-pci: probe of
 * 0000:01:01.0 failed with error -5", since then "virtio-pci 0000:01:01.0: probe with driver virtio-pci failed with error -5".
 * What it says of -ENODEV and -ENXIO, that the driver is none for this device, is no failure.
 */
const PROBE_FAILED = [
  /: probe of (\S+) failed with error -\d+$/,
  /^\S+ (\S+): probe with driver \S+ failed with error -\d+$/,
];

/**
 * drivers/pci/setup-res.c, pci_assign_resource(): the bridge above has no window with room for a BAR. Until Linux 6.8 "no space
 * for [mem size 0x00004000 64bit pref]", since then, and in Debian's 6.1, "can't assign; no space".
 */
const NO_ROOM = /^\S+ (\S+): BAR \d+.*(?:can't assign; no space|no space for )/;

/**
 * Why the guest's driver did not take a plugged device, in the kernel's words, the missing room for its BARs first; undefined where the
 * log does not say. A device is found by its address, which the guest's inventory has for its place.
 */
export function driverFailure({ place }: Operation, events: readonly RecordedEvent[]): string | undefined {
  if (place === undefined) return undefined;
  const addresses = new Set(
    events.flatMap((event) =>
      event.source === 'agent' && event.direction === 'received' && event.message.kind === 'pci'
        ? event.message.fields.place === place
          ? [event.message.fields.address]
          : []
        : [],
    ),
  );
  const about = (pattern: RegExp) =>
    events.flatMap((event) => {
      const line = kernelLine(event);
      return line !== undefined && addresses.has(pattern.exec(line)?.[1]) ? [line] : [];
    });
  const [failed] = PROBE_FAILED.flatMap(about);
  if (failed === undefined) return undefined;
  const [noRoom] = about(NO_ROOM);
  return [...(noRoom === undefined ? [] : [noRoom]), failed].map((line) => JSON.stringify(line)).join(', ');
}
