import type { Controller } from '../../topology/topology.ts';
import type { PhaseTable } from '../phase.ts';
import type { Operation } from '../recording.ts';
import { acpiphp } from './acpiphp.ts';
import { boot } from './boot.ts';
import { duringBoot } from './during-boot.ts';
import { pciehp } from './pciehp.ts';
import { restore } from './restore.ts';
import { shpchp } from './shpchp.ts';

const BY_CONTROLLER: Readonly<Record<Controller, Readonly<Record<'plug' | 'unplug', PhaseTable>>>> = {
  shpchp,
  pciehp,
  acpiphp,
};

/** The phases of an operation under a controller. */
export function phaseTable({ operation, bootMode, offsetMs }: Operation, controller: Controller): PhaseTable {
  if (offsetMs !== undefined) return duringBoot;
  if (operation !== 'boot') return BY_CONTROLLER[controller][operation];
  return bootMode === 'snapshot' ? restore : boot;
}
