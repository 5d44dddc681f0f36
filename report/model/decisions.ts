import { max } from 'simple-statistics';
import { type Need, ONE_DEVICE } from '../../harness/findings/need.ts';
import { type Candidate, chooseTopology } from '../../harness/findings/topology-choice.ts';
import { candidatesOf } from './candidates.ts';
import type { Decision } from './report-model.ts';
import type { RunFiles } from './run-files.ts';

/**
 * Which machine to choose, over all scenarios of the runs. Where nobody says what is needed: one device, and as many at once as the
 * runs have plugged, each within the shortest deadline for a plug that a scenario sets. With a single machine there is no choice.
 */
export function decisionsOf(files: readonly RunFiles[], need: Need | undefined): readonly Decision[] {
  const candidates = files.flatMap(candidatesOf);
  if (need) return [{ need, choices: chooseTopology(need, candidates) }];
  if (candidates.length < 2) return [];
  return suggestedNeeds(files, candidates).map((one) => ({ need: one, choices: chooseTopology(one, candidates) }));
}

function suggestedNeeds(files: readonly RunFiles[], candidates: readonly Candidate[]): readonly Need[] {
  const deadlines = files.flatMap(({ run }) => run.variants.flatMap(({ deadlines_ms: limits }) => limits?.plug ?? []));
  const withDeadline = { ...ONE_DEVICE, ...(deadlines.length > 0 && { deadlineMs: Math.min(...deadlines) }) };
  const sizes = candidates.flatMap(({ bursts }) => bursts.map(({ size }) => size));
  return [withDeadline, ...(sizes.length > 0 ? [{ ...withDeadline, devices: max(sizes) }] : [])];
}
