import { phaseTable } from '../../harness/timeline/phase-tables.ts';
import type { BootMode, Clock, Controller, OperationName } from '../../harness/vocabulary.ts';

/** What happens in a phase, and where that is known from; empty for one that no table has. */
export function phaseSource(
  phase: string,
  operation: OperationName,
  controller: Controller | undefined,
  bootMode: BootMode,
  clock: Clock,
): string {
  if (controller === undefined) return '';
  const unimportant = { cycle: 0, warmup: false, sequence: 0, timeoutMs: 0 };
  const table = phaseTable({ operation, bootMode, ...unimportant }, controller, clock);
  return table.find(({ name }) => name === phase)?.source ?? '';
}
