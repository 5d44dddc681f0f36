import type { FitRequest } from './schema.ts';
import { placeSequence } from './sequence.ts';
import { OPEN_DEVICE } from './step/plug.ts';
import type { DeviceChoice, SequenceItems } from './step/step-kind.ts';
import type { Finding, Path } from './yaml/problem.ts';

/** Settings that say nothing where every plug step says it itself. */
const OPEN = {
  device: { isOpen: leavesDevice, expected: 'a step "plug" or "plug: { … }" that names no device' },
  count: { isOpen: leavesCount, expected: 'a step "plug" without a count of its own' },
} as const;

const ANY_DEVICE: DeviceChoice = { name: 'virtio-rng', options: {} };

/**
 * What a matrix goes over, or is fitted against, although no step leaves it open: variants would be called after what is the
 * same in all of them.
 *
 * @param sequences of all variants, each of them sound
 * @param axes of the matrix, as paths below it
 */
export function openFindings(
  sequences: ReadonlySet<SequenceItems>,
  axes: readonly Path[],
  fit: readonly FitRequest[],
): readonly Finding[] {
  return Object.entries(OPEN).flatMap(([setting, { isOpen, expected }]): readonly Finding[] => {
    const axis = axes.find(([name]) => name === setting);
    const fitted = fit.findIndex(({ against }) => against === setting);
    if (!axis && fitted === -1) return [];
    const plugging = [...sequences].filter((items) => plugged(items, 1) > 0);
    if (plugging.length === 0 || plugging.some(isOpen)) return [];
    if (axis) {
      const wrong = `the matrix goes over "${setting}", and each plug step has its own`;
      return [{ path: ['matrix', setting], at: 'key', wrong, expected }];
    }
    const wrong = `a fit against "${setting}", and each plug step has its own`;
    return [{ path: ['fit', fitted, 'against'], at: 'value', wrong, expected }];
  });
}

function leavesDevice(items: SequenceItems): boolean {
  return placeSequence(items, { devices: 1 }, []).findings.some(({ wrong }) => wrong === OPEN_DEVICE);
}

function leavesCount(items: SequenceItems): boolean {
  return plugged(items, 1) !== plugged(items, 2);
}

function plugged(items: SequenceItems, devices: number): number {
  return placeSequence(items, { devices, device: ANY_DEVICE }, []).everPlugged.length;
}
