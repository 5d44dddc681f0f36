import type { Sample } from '../vocabulary.ts';

/** An id that was made for a custom device where the file names none: it does not even tell the driver. */
const MADE_ID = /^custom(?:-\d+)?$/;

/** Tells operations on devices of different kinds apart. */
export type DeviceLabel = (sample: Sample) => string | undefined;

/**
 * What an operation is about, for variants that plug devices of several kinds: a network card and a disk are never in one
 * figure. It is the device's id where it is the only one of its kind, and the kind where there are several, as in a burst.
 * Undefined for variants with one kind, and for boots.
 */
export function deviceLabels(samples: readonly Sample[]): DeviceLabel {
  const variants = new Map<string, Map<string, Set<string>>>();
  for (const { scenario, variant, operation, device, deviceId } of samples) {
    if (isOfBoot(operation)) continue;
    const key = JSON.stringify([scenario, variant]);
    const kinds = variants.get(key) ?? new Map<string, Set<string>>();
    kinds.set(device, (kinds.get(device) ?? new Set()).add(deviceId));
    variants.set(key, kinds);
  }
  return ({ scenario, variant, operation, device }) => {
    const kinds = variants.get(JSON.stringify([scenario, variant]));
    if (isOfBoot(operation) || !kinds || kinds.size < 2) return undefined;
    const [only, ...others] = kinds.get(device) ?? [];
    return only !== undefined && others.length === 0 && !MADE_ID.test(only) ? only : device;
  };
}

/** Of the machine as a whole, and no device. */
function isOfBoot(operation: Sample['operation']): boolean {
  return operation === 'boot' || operation === 'until-usable';
}
