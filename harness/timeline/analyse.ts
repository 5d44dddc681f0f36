import type { Controller } from '../topology/topology.ts';
import { type JudgedOperation, judgeStretch } from './judge.ts';
import { momentsOf } from './moment.ts';
import { type Phase, phasesOf } from './phase.ts';
import { phaseTable } from './phase-tables/index.ts';
import type { RecordedEvent } from './recording.ts';
import { stretches } from './stretch.ts';

/** One operation with its outcome, and for a good one where its time went. */
export interface AnalysedOperation {
  readonly judged: JudgedOperation;
  /** They add up to the latency. Empty for an operation that failed. */
  readonly phases: readonly Phase[];
}

/** Everything a recording says about its operations, in order. Pure: an old recording can be read again at any time. */
export function analyse(events: readonly RecordedEvent[], controller: Controller): readonly AnalysedOperation[] {
  return stretches(events).map((stretch) => {
    const judged = judgeStretch(stretch);
    if (judged.latencyMs === undefined) return { judged, phases: [] };
    const table = phaseTable(stretch.operation.operation, controller);
    const endMs = judged.startedAtMs + judged.latencyMs;
    return { judged, phases: phasesOf(table, momentsOf(stretch), judged.startedAtMs, endMs) };
  });
}
