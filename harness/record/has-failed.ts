import type { Sample } from '../vocabulary.ts';
import type { BootReport } from './run-state.ts';

/** Whether a run ended otherwise than its scenarios accept: in one of its samples, or in a boot where no sample says it. */
export function hasFailed(
  samples: readonly Pick<Sample, 'expected'>[],
  boots: readonly Pick<BootReport, 'failure'>[],
): boolean {
  return samples.some(({ expected }) => !expected) || boots.some(({ failure }) => failure !== undefined);
}
