import type { Controller } from '../../topology/topology.ts';
import type { PhaseTable } from '../phase.ts';
import type { OperationName } from '../recording.ts';
import { acpiphp } from './acpiphp.ts';
import { boot } from './boot.ts';
import { pciehp } from './pciehp.ts';
import { shpchp } from './shpchp.ts';

const BY_CONTROLLER: Readonly<Record<Controller, Readonly<Record<'plug' | 'unplug', PhaseTable>>>> = {
  shpchp,
  pciehp,
  acpiphp,
};

/** The phases of an operation under a controller. */
export function phaseTable(operation: OperationName, controller: Controller): PhaseTable {
  return operation === 'boot' ? boot : BY_CONTROLLER[controller][operation];
}
