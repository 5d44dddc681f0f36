import { EXIT, type ExitCode } from '../exit-codes.ts';

/** The one that has to be known first comes first. */
const BY_URGENCY: readonly ExitCode[] = [
  ...[EXIT.interrupted, EXIT.defect, EXIT.usage, EXIT.hostUnable, EXIT.noBaseline],
  ...[EXIT.regression, EXIT.samplesFailed, EXIT.ok],
];

/** The exit code of the whole job: of its steps' codes the most urgent. One that no command has is a defect. */
export function mostUrgent(codes: readonly number[]): ExitCode {
  const known = codes.map((code) => BY_URGENCY.find((one) => one === code) ?? EXIT.defect);
  return BY_URGENCY.find((code) => known.includes(code)) ?? EXIT.ok;
}
