import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { problemsText } from '../scenario/yaml/problem.ts';
import { describeScenarios } from './describe-variants.ts';
import { complain, print } from './output.ts';

/** `bench validate`: every problem of all files, or the variants they expand to. Starts nothing. */
export async function validateCommand(files: readonly string[]): Promise<ExitCode> {
  const loaded = await loadScenarioFiles(files);
  if (!loaded.ok) return complain(problemsText(loaded.failure), EXIT.usage);
  print(describeScenarios(loaded.value).join('\n'));
  return EXIT.ok;
}
