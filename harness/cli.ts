import { CommanderError } from 'commander';
import { explain } from './commands/failure.ts';
import { COMMANDS } from './commands/index.ts';
import { tolerateLostOutput } from './commands/output.ts';
import { parserOf } from './commands/parser.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Setup } from './host/requirements.ts';

/**
 * Runs one command and returns its exit code. Never rejects: an exception that reaches it is a defect, whose stack
 * trace it prints.
 */
export async function main(argv: readonly string[], setup: Setup): Promise<ExitCode> {
  const lostOutput = tolerateLostOutput(process);
  const code = await dispatch(argv, setup).catch((error) => {
    const explained = explain(error);
    process.stderr.write(`${explained.message}\n`);
    return explained.code;
  });
  // Files and pipes report what became of a write in the next round of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const lost = lostOutput();
  if (lost === undefined) return code;
  process.stderr.write(`cannot write to standard output: ${lost}\n`);
  return EXIT.hostUnable;
}

async function dispatch(argv: readonly string[], setup: Setup): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const parser = parserOf(COMMANDS, async (perform) => {
    code = await perform({ argv, setup });
  });
  try {
    await parser.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // commander has written its message; only --help and --version end well.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return code;
}
