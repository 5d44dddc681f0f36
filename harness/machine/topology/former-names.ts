/** A topology that was renamed, so that a scenario or a run from before is not taken for another machine. */
interface FormerName {
  readonly now: string;
  readonly why: string;
}

/** By the name that no scenario can use any more. */
export const FORMER_NAMES: ReadonlyMap<string, FormerName> = new Map([
  [
    'kata-acpi',
    { now: 'kata-2021-acpi', why: 'it is kata\'s bridge of 2021; "kata" is the machine of today, under ACPI hot-plug' },
  ],
]);

/**
 * The name of today for the topology of a run that was stored. Until kata's machine of today was added, `kata` was that of
 * 2021 and had no options; today's always has some.
 */
export function topologyOfToday(stored: string, options: Readonly<Record<string, unknown>>): string {
  if (stored === 'kata' && Object.keys(options).length === 0) return 'kata-2021';
  return FORMER_NAMES.get(stored)?.now ?? stored;
}
