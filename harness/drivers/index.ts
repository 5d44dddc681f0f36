import type { Controller } from '../vocabulary.ts';
import { acpiphp } from './acpiphp.ts';
import type { Driver } from './driver.ts';
import { pciehp } from './pciehp.ts';
import { shpchp } from './shpchp.ts';

/** The hot-plug drivers that the tool knows. */
export const drivers: Readonly<Record<Controller, Driver>> = {
  shpchp,
  pciehp,
  acpiphp,
};

export const allDrivers: readonly Driver[] = Object.values(drivers);

/** The longest that a driver of an unpatched kernel sleeps in an operation, in milliseconds. */
export const LONGEST_WAITS_MS = Math.max(
  ...allDrivers.map(({ waits }) => waits.reduce((sumMs, { usualMs }) => sumMs + usualMs, 0)),
);
