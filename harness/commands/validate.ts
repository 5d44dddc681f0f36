import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { formatProblem } from '../scenario/yaml/problem.ts';
import { describeScenarios } from './describe-variants.ts';

/** `bench validate`: every problem of all files, or the variants they expand to. Starts nothing. */
export async function validateCommand(files: readonly string[]): Promise<ExitCode> {
  const loaded = await loadScenarioFiles(files);
  if (!loaded.ok) {
    process.stderr.write(`${loaded.failure.map(formatProblem).join('\n')}\n`);
    return EXIT.usage;
  }
  process.stdout.write(`${describeScenarios(loaded.value).join('\n')}\n`);
  return EXIT.ok;
}
