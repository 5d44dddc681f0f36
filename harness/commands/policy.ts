import { clientViewLines } from '../../report/terminal/client-policies.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { CLIENT_POLICIES, clientViews } from '../findings/client-policies.ts';
import { readRun } from '../record/read-run.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { complain, print, say } from './output.ts';

/** `bench policy RUN`: what the users of clients that wait only so long would have seen of the operations of a run. */
export async function policyCommand(directory: string, names: readonly string[]): Promise<ExitCode> {
  const read = await readRun(directory);
  if (!read.ok) return complain(read.failure, EXIT.usage);
  for (const line of read.value.unreadable) say(`left out: ${line}`);
  const policies = CLIENT_POLICIES.filter(({ name }) => names.length === 0 || names.includes(name));
  print(clientViewLines(clientViews(policies, read.value.variants, samplesOf(read.value.recordings))).join('\n'));
  return EXIT.ok;
}
