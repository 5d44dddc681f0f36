import type { Figure } from './figure.ts';
import type { ObservedBoot } from './observed-run.ts';
import type { Difference } from './operation-differences.ts';

/** Recorded less observed latency, aimed at by the median. */
const DIFFERENCE_AIM_MS = 1;

/** Rows about how well latencies agree with what was seen from outside, for each variant and operation. */
export function differenceFigures(boots: readonly ObservedBoot[]): readonly Figure[] {
  const variants = [...new Set(boots.map(({ variant }) => variant))].toSorted();
  return variants.flatMap((variant) =>
    (['plug', 'unplug'] as const).flatMap((operation) => {
      const differences = boots
        .filter((boot) => boot.variant === variant)
        .flatMap((boot) => boot.differences.filter((difference) => difference.operation === operation));
      const part = (what: string, read: (difference: Difference) => number): Figure => ({
        what: `  ${what}, ms`,
        readings: differences.map(read),
        how: 'e',
      });
      return [
        {
          what: `${variant} ${operation}: recorded less observed latency, ms`,
          readings: differences.map(({ differenceMs }) => differenceMs),
          aim: DIFFERENCE_AIM_MS,
          how: 'e',
        },
        part('of it at the start: command written to read by QEMU', ({ atStartMs }) => atStartMs),
        part("of it at the end: recorded less observer's end", ({ atEndMs }) => atEndMs),
        ...(operation === 'unplug'
          ? [part("recorded less the latency by QEMU's own stamps", ({ toQemuMs }) => toQemuMs)]
          : []),
      ];
    }),
  );
}

/** Rows about the guest's clock and about how far the readings of one and the same end are apart. */
export function clockFigures(boots: readonly ObservedBoot[]): readonly Figure[] {
  const recorded = boots.flatMap((boot) => boot.recorded);
  const lateMarkersMs = (name: 'boot' | 'plug') =>
    recorded.filter(({ operation }) => operation === name).map(({ arrivedMs, endMs }) => arrivedMs - endMs);
  return [
    {
      what: "uncertainty of a boot's guest clock (its worst anchor), ms",
      readings: boots.flatMap((boot) => boot.clockUncertaintyMs ?? []),
      how: 'f',
    },
    {
      what: "uncertainty of the guest's clock at one boot or plug, ms",
      readings: recorded.flatMap((operation) => operation.clockUncertaintyMs ?? []),
      how: 'f',
    },
    { what: 'end of a boot: marker arrived less guest time aligned, ms', readings: lateMarkersMs('boot'), how: 'g' },
    { what: 'end of a plug: marker arrived less guest time aligned, ms', readings: lateMarkersMs('plug'), how: 'g' },
    {
      what: "end of an unplug: event arrived less QEMU's stamp, ms",
      readings: boots.flatMap((boot) => boot.sinceStampMs),
      how: 'g',
    },
  ];
}
