import { candidatesOf } from '../../report/model/candidates.ts';
import { readRunFiles } from '../../report/model/run-files.ts';
import { choiceLines } from '../../report/terminal/choice.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { ONE_DEVICE } from '../findings/need.ts';
import { type Candidate, chooseTopology } from '../findings/topology-choice.ts';
import type { ChooseFlags } from './flags.ts';
import { complain, print } from './output.ts';

/** `bench choose RUN… --need …`: which of the machines that were measured serves a need best, and what that rests on. */
export function chooseCommand(directories: readonly string[], { need = ONE_DEVICE, json }: ChooseFlags): ExitCode {
  const candidates: Candidate[] = [];
  for (const directory of directories) {
    const files = readRunFiles(directory);
    if (!files.ok) return complain(files.failure, EXIT.usage);
    candidates.push(...candidatesOf(files.value));
  }
  const choices = chooseTopology(need, candidates);
  print(json ? JSON.stringify({ need, choices }, null, 2) : choiceLines(need, choices).join('\n'));
  return EXIT.ok;
}
