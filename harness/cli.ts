import { Command, CommanderError } from 'commander';
import { commanderOptions, type RunFlags } from './cli-flags.ts';
import { explain } from './commands/failure.ts';
import { helpAfter, PROGRAM } from './commands/help-text.ts';
import { mistypedCommand } from './commands/mistyped-command.ts';
import { tolerateLostOutput } from './commands/output-errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Setup } from './host/setup.ts';
import { toolVersion } from './tool-version.ts';

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

/** Commands are loaded when they are called, so that `--help` starts fast. Without a command it is `run`. */
async function dispatch(argv: readonly string[], setup: Setup): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = new Command(PROGRAM)
    .description('Measures how long it takes to hot-plug a device into a running QEMU guest.')
    .version(toolVersion())
    .exitOverride()
    .showHelpAfterError(`("${PROGRAM} scenarios/quick.yaml" is a start; "${PROGRAM} --help" shows more)`);

  const run = program
    .command('run', { isDefault: true })
    .description('run scenario files and print what was measured (the default)')
    .argument('<scenario...>', 'scenario files (YAML)')
    .action(async (files: string[], flags: RunFlags) => {
      const mistyped = mistypedCommand(files[0] ?? '', [...program.commands.map((command) => command.name()), 'help']);
      if (mistyped !== undefined) run.error(`error: ${mistyped}`);
      const { runCommand } = await import('./commands/run.ts');
      code = await runCommand(files, flags, argv, setup);
    });
  for (const option of commanderOptions()) run.addOption(option);

  program
    .command('validate')
    .description('check scenario files and show the variants they expand to')
    .argument('<scenario...>', 'scenario files (YAML)')
    .action(async (files: string[]) => {
      const { validateCommand } = await import('./commands/validate.ts');
      code = await validateCommand(files);
    });
  program
    .command('analyse')
    .description('compute outcomes, latencies and phases of a run again from its recordings')
    .argument('<run>', 'run directory, such as results/latest')
    .action(async (directory: string) => {
      const { analyseCommand } = await import('./commands/analyse.ts');
      code = await analyseCommand(directory);
    });
  program
    .command('doctor')
    .description('say what this host has, what is missing and how to get it')
    .action(async () => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      code = await doctorCommand();
    });
  program
    .command('list')
    .description('list the topologies and devices a scenario can name')
    .action(async () => {
      const { listCommand } = await import('./commands/list.ts');
      code = listCommand();
    });
  program.addHelpText('after', () => helpAfter(program, run));

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // commander has written its message; only --help and --version end well.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return code;
}
