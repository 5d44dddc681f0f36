import type { Controller } from '../../topology/topology.ts';
import type { PhaseTable } from '../phase.ts';
import type { Clock, Operation } from '../recording.ts';
import { acpiphp } from './acpiphp.ts';
import { boot } from './boot.ts';
import { duringBoot } from './during-boot.ts';
import { pciehp } from './pciehp.ts';
import { restore } from './restore.ts';
import { shpchp } from './shpchp.ts';
import { virtualBoot } from './virtual-boot.ts';

const BY_CONTROLLER: Readonly<Record<Controller, Readonly<Record<'plug' | 'unplug', PhaseTable>>>> = {
  shpchp,
  pciehp,
  acpiphp,
};

/** The phases of an operation under a controller. */
export function phaseTable(operation: Operation, controller: Controller, clock: Clock): PhaseTable {
  const table = tableOf(operation, controller, clock);
  if (clock === 'real') return table;
  return table.map((row) => ({ ...row, kind: row.virtualKind ?? row.kind }));
}

function tableOf({ operation, bootMode, offsetMs }: Operation, controller: Controller, clock: Clock): PhaseTable {
  if (offsetMs !== undefined) return duringBoot;
  if (operation !== 'boot') return BY_CONTROLLER[controller][operation];
  if (bootMode === 'snapshot') return restore;
  return clock === 'virtual' ? virtualBoot : boot;
}
