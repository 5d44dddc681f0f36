import type { FailedSample, Sample } from '../vocabulary.ts';

/** Whether an operation was begun and seen to its end. One behind an earlier failure of its boot was not, nor one that was interrupted. */
export function isTried({ outcome }: Pick<Sample, 'outcome'>): boolean {
  return outcome !== 'aborted';
}

/** An operation that was tried, and ended in a way that its scenario does not accept. */
export function hasFailed(sample: Sample): sample is FailedSample {
  return isTried(sample) && !sample.expected;
}
