import { Argument, Command, CommanderError, Option } from 'commander';
import { commanderOptions, type RunFlags } from './cli-flags.ts';
import type { CompareFlags } from './commands/compare.ts';
import type { DoctorFlags } from './commands/doctor.ts';
import type { ExportFlags } from './commands/export.ts';
import { explain } from './commands/failure.ts';
import type { FetchFlags } from './commands/fetch.ts';
import { helpAfter, PROGRAM } from './commands/help-text.ts';
import type { HistoryFlags } from './commands/history.ts';
import type { MergeFlags } from './commands/merge.ts';
import { mistypedCommand } from './commands/mistyped-command.ts';
import type { NoiseFlags } from './commands/noise.ts';
import { tolerateLostOutput } from './commands/output-errors.ts';
import type { PruneFlags } from './commands/prune.ts';
import type { QueryFlags } from './commands/query.ts';
import type { ReportFlags } from './commands/report.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Setup } from './host/requirements.ts';
import { toolVersion } from './tool-version.ts';
import { SUITE_NAMES, type SuiteName } from './versions/suites.ts';

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
    .argument('[scenario...]', 'scenario files (YAML)')
    .action(async (files: string[], flags: RunFlags) => {
      if (files.length === 0 && flags.resume === undefined) run.error("error: missing required argument 'scenario'");
      if (files.length > 0 && flags.resume !== undefined)
        run.error(`error: --resume takes its scenarios from the run; ${files.join(' ')} cannot be added`);
      const commands = [...program.commands.map((command) => command.name()), 'help'];
      const mistyped = files[0] === undefined ? undefined : mistypedCommand(files[0], commands);
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
    .command('report')
    .description('write report.html again; for several runs one that shows them side by side, in the first')
    .argument('<run...>', 'run directories, such as results/latest')
    .option('--open', 'open it in the browser')
    .option('--baseline <name>', 'with the comparison with a baseline or a run directory, instead of the one it has')
    .option('--force', 'with --baseline, also when host, accelerator, QEMU or kernel differ')
    .action(async (directories: string[], flags: ReportFlags) => {
      const { reportCommand } = await import('./commands/report.ts');
      code = await reportCommand(directories, flags);
    });
  program
    .command('merge')
    .description('put the parts of a plan, each run with --shard, together into one run')
    .argument('<part...>', 'run directories of all parts')
    .option('--out <dir>', 'folder in which the run directory is made', 'results')
    .option('--mixed-hosts', 'also parts from hosts that differ')
    .action(async (parts: string[], flags: MergeFlags) => {
      const { mergeCommand } = await import('./commands/merge.ts');
      code = await mergeCommand(parts, flags, argv);
    });
  program
    .command('compare')
    .description(
      'compare a run with an earlier one; exit 1 when something regressed or fails, 5 when nothing can be compared',
    )
    .argument('<base>', 'run directory, or the name of a baseline')
    .argument('<new>', 'run directory, such as results/latest')
    .option('--force', 'also when host, accelerator, QEMU or kernel differ')
    .option('--json', 'print the comparison as JSON')
    .action(async (base: string, current: string, flags: CompareFlags) => {
      const { compareCommand } = await import('./commands/compare.ts');
      code = await compareCommand(base, current, flags);
    });
  program
    .command('history')
    .description('show every latency over all runs, what changed and when; exit 1 when one is a regression now')
    .argument('[dir]', 'folder of run directories', 'results')
    .option('--json', 'print the history as JSON')
    .action(async (directory: string, flags: HistoryFlags) => {
      const { historyCommand } = await import('./commands/history.ts');
      code = await historyCommand(directory, flags);
    });
  program
    .command('query')
    .description('ask in SQL about the tables samples, phases and runs of all runs')
    .argument('<sql>', 'a question for DuckDB')
    .argument('[dir]', 'folder of run directories', 'results')
    .addOption(new Option('--json', 'print the answer as JSON').conflicts('csv'))
    .option('--csv', 'print the answer as CSV')
    .action(async (sql: string, directory: string, flags: QueryFlags) => {
      const { queryCommand } = await import('./commands/query.ts');
      code = await queryCommand(sql, directory, flags);
    });
  program
    .command('prune')
    .description('remove old run directories; never a baseline')
    .argument('[dir]', 'folder of run directories', 'results')
    .requiredOption('--keep <what>', 'the newest runs (30) or those of the last days (90d)')
    .option('--dry-run', 'only say what would be removed')
    .action(async (directory: string, flags: PruneFlags) => {
      const { pruneCommand } = await import('./commands/prune.ts');
      code = await pruneCommand(directory, flags);
    });
  program
    .command('export')
    .description('write a run in another format on standard output')
    .argument('<run...>', 'run directories; csv and otava can hold several')
    .requiredOption('--format <name>', 'markdown, junit, openmetrics, otava, csv or json')
    .option('--baseline <name>', 'with the comparison with a baseline or a run directory, instead of the one it has')
    .option('--force', 'with --baseline, also when host, accelerator, QEMU or kernel differ')
    .option('--history', 'junit and markdown: with what has regressed in the folder of the run')
    .action(async (directories: string[], flags: ExportFlags) => {
      const { exportCommand } = await import('./commands/export.ts');
      code = await exportCommand(directories, flags);
    });
  program
    .command('noise')
    .description('say what on this host disturbs measurements')
    .option('--strict-host', 'exit 4 when there is something')
    .action(async (flags: NoiseFlags) => {
      const { noiseCommand } = await import('./commands/noise.ts');
      code = noiseCommand(flags);
    });
  program
    .command('doctor')
    .description('say what this host has, what is missing and how to get it')
    .option('--try-kvm', 'boot the stock guest under KVM; exit 4 when that does not work')
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      code = await doctorCommand(flags);
    });
  program
    .command('fetch')
    .description("fetch kernel and QEMU of Debian's suites, which a run does when it needs them")
    .addArgument(new Argument('[suite...]', 'all if none is named').choices(SUITE_NAMES))
    .option('--newer', 'also where one is there: the newest, which is used from then on')
    .action(async (suites: SuiteName[], flags: FetchFlags) => {
      const { fetchCommand } = await import('./commands/fetch.ts');
      code = await fetchCommand(suites, flags);
    });
  program
    .command('list')
    .description('list the topologies and devices a scenario can name, and the versions that are fetched')
    .action(async () => {
      const { listCommand } = await import('./commands/list.ts');
      code = await listCommand();
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
