import { existsSync } from 'node:fs';
import { SUITE_NAMES } from '../versions/suites.ts';
import { didYouMean, listWords, quote } from '../words.ts';
import { type Command, command } from './command.ts';
import { completionCommand, SHELLS } from './completion.ts';
import * as flags from './flags.ts';

const SCENARIOS = 'scenario files (YAML)';
const ONE_RUN = 'run directory, such as results/latest';
/** The folder that runs are written to by default. */
const RESULTS = { written: '[dir]', description: 'folder of run directories', byDefault: 'results' } as const;

/** The one table of commands, in the order of the help: parser, help, documentation and shell completion come from it. */
export const COMMANDS: readonly Command[] = [
  command({
    name: 'run',
    description: 'run scenario files and print what was measured (the default)',
    arguments: [{ written: '[scenario...]', description: SCENARIOS }],
    flags: flags.RUN_FLAGS,
    isDefault: true,
    misuse: ([files], given) => misuseOfRun(files, given),
    perform: async ([files], given, { argv, setup }) =>
      (await import('./run.ts')).runCommand(files, given, argv, setup),
  }),
  command({
    name: 'init',
    description: 'write a first scenario with explanations, and a schema line by which editors check it',
    arguments: [
      { written: '[file]', description: 'file to write; one that is there stays', byDefault: 'scenario.yaml' },
    ],
    flags: {},
    perform: async ([file]) => (await import('./init.ts')).initCommand(file),
  }),
  command({
    name: 'validate',
    description: 'check scenario files and show the variants they expand to',
    arguments: [{ written: '<scenario...>', description: SCENARIOS }],
    flags: {},
    perform: async ([files]) => (await import('./validate.ts')).validateCommand(files),
  }),
  command({
    name: 'analyse',
    description: 'compute outcomes, latencies and phases of a run again from its recordings',
    arguments: [{ written: '<run>', description: ONE_RUN }],
    flags: {},
    perform: async ([directory]) => (await import('./analyse.ts')).analyseCommand(directory),
  }),
  command({
    name: 'show',
    description:
      'show samples of a run line by line: phases, QMP, kernel and agent on one axis, logs; without a number, which are worth it',
    arguments: [
      { written: '<run>', description: ONE_RUN },
      { written: '[sample...]', description: 'numbers of samples, as in the column "order" of samples.csv' },
    ],
    flags: flags.SHOW_FLAGS,
    perform: async ([directory, samples], given) => (await import('./show.ts')).showCommand(directory, samples, given),
  }),
  command({
    name: 'report',
    description: 'write report.html again; for several runs one that shows them side by side, in the first',
    arguments: [{ written: '<run...>', description: 'run directories, such as results/latest' }],
    flags: flags.REPORT_FLAGS,
    perform: async ([directories], given) => (await import('./report.ts')).reportCommand(directories, given),
  }),
  command({
    name: 'choose',
    description: 'say which of the machines that runs have measured serves a need best, and what that rests on',
    arguments: [{ written: '<run...>', description: 'run directories' }],
    flags: flags.CHOOSE_FLAGS,
    perform: async ([directories], given) => (await import('./choose.ts')).chooseCommand(directories, given),
  }),
  command({
    name: 'policy',
    description: 'say what users of kata, libvirt and nova would have seen of a run, by how long those wait',
    arguments: [
      { written: '<run>', description: ONE_RUN },
      { written: '[client...]', description: 'all if none is named', choices: ['kata', 'libvirt', 'nova'] },
    ],
    flags: {},
    perform: async ([directory, clients]) => (await import('./policy.ts')).policyCommand(directory, clients),
  }),
  command({
    name: 'merge',
    description: 'put the parts of a plan, each run with --shard, together into one run',
    arguments: [{ written: '<part...>', description: 'run directories of all parts' }],
    flags: flags.MERGE_FLAGS,
    perform: async ([parts], given, { argv }) => (await import('./merge.ts')).mergeCommand(parts, given, argv),
  }),
  command({
    name: 'compare',
    description:
      'compare a run with an earlier one; exit 1 when something regressed or fails, 5 when nothing can be compared',
    arguments: [
      { written: '<base>', description: 'run directory, or the name of a baseline' },
      { written: '<new>', description: ONE_RUN },
    ],
    flags: flags.COMPARE_FLAGS,
    perform: async ([base, current], given) => (await import('./compare.ts')).compareCommand(base, current, given),
  }),
  command({
    name: 'ab',
    description:
      'run each variant on two sides that differ in what is said, in one interleaved run, and compare the sides',
    arguments: [{ written: '<scenario...>', description: SCENARIOS }],
    flags: flags.AB_FLAGS,
    perform: async ([files], { a = [], b, ...rest }, { argv, setup }) =>
      (await import('./run.ts')).runCommand(files, rest, argv, setup, { a, b }),
  }),
  command({
    name: 'calibrate',
    description: 'measure the same several times and say which slowdowns this host can find, and with how many boots',
    arguments: [{ written: '<scenario...>', description: SCENARIOS }],
    flags: flags.CALIBRATE_FLAGS,
    perform: async ([files], given, { argv, setup }) =>
      (await import('./calibrate.ts')).calibrateCommand(files, given, argv, setup),
  }),
  command({
    name: 'history',
    description: 'show every latency over all runs, what changed and when; exit 1 when one is a regression now',
    arguments: [RESULTS],
    flags: flags.HISTORY_FLAGS,
    perform: async ([directory], given) => (await import('./history.ts')).historyCommand(directory, given),
  }),
  command({
    name: 'query',
    description: 'ask in SQL about the tables samples, phases and runs of all runs',
    arguments: [{ written: '<sql>', description: 'a question for DuckDB' }, RESULTS],
    flags: flags.QUERY_FLAGS,
    perform: async ([sql, directory], given) => (await import('./query.ts')).queryCommand(sql, directory, given),
  }),
  command({
    name: 'baselines',
    description: 'list the baselines of all hosts, with the runs that they are copies of',
    arguments: [RESULTS],
    flags: flags.BASELINES_FLAGS,
    perform: async ([directory], given) => (await import('./baselines.ts')).baselinesCommand(directory, given),
  }),
  command({
    name: 'prune',
    description: 'remove old run directories; never a baseline',
    arguments: [RESULTS],
    flags: flags.PRUNE_FLAGS,
    perform: async ([directory], given) => (await import('./prune.ts')).pruneCommand(directory, given),
  }),
  command({
    name: 'export',
    description: 'write a run in another format on standard output',
    arguments: [{ written: '<run...>', description: 'run directories; csv and otava can hold several' }],
    flags: flags.EXPORT_FLAGS,
    perform: async ([directories], given) => (await import('./export.ts')).exportCommand(directories, given),
  }),
  command({
    name: 'noise',
    description: 'say what on this host disturbs measurements',
    arguments: [],
    flags: flags.NOISE_FLAGS,
    perform: async (_, given) => (await import('./noise.ts')).noiseCommand(given),
  }),
  command({
    name: 'doctor',
    description: 'say what this host has, what is missing and how to get it',
    arguments: [],
    flags: flags.DOCTOR_FLAGS,
    perform: async (_, given) => (await import('./doctor.ts')).doctorCommand(given),
  }),
  command({
    name: 'fetch',
    description: "fetch kernel and QEMU of Debian's suites, which a run does when it needs them",
    arguments: [{ written: '[suite...]', description: 'all if none is named', choices: SUITE_NAMES }],
    flags: flags.FETCH_FLAGS,
    perform: async ([suites], given) => (await import('./fetch.ts')).fetchCommand(suites, given),
  }),
  command({
    name: 'list',
    description: 'list the topologies and devices a scenario can name, and the versions that are fetched',
    arguments: [],
    flags: {},
    perform: async () => (await import('./list.ts')).listCommand(),
  }),
  command({
    name: 'completion',
    description: 'print a script with which a shell completes commands and flags of a shell function "bench"',
    arguments: [{ written: '<shell>', description: 'the shell that reads the script', choices: SHELLS }],
    flags: {},
    perform: async ([shell]) => completionCommand(shell, COMMANDS),
  }),
];

/** Those of the table, and the one that the parser adds. */
function commandNames(): readonly string[] {
  return [...COMMANDS.map(({ name }) => name), 'help'];
}

/** `run` is the default command, so every word that is no command reaches it as a scenario file. */
function misuseOfRun([first, ...others]: readonly string[], { resume }: flags.RunFlags): string | undefined {
  if (resume !== undefined && first !== undefined)
    return `--resume takes its scenarios from the run; ${[first, ...others].join(' ')} cannot be added`;
  if (resume !== undefined) return undefined;
  return first === undefined ? "missing required argument 'scenario'" : mistypedCommand(first, commandNames());
}

/** What is wrong with a word that was meant as a command; undefined when it is, or looks like, the name of a file. */
function mistypedCommand(word: string, commands: readonly string[]): string | undefined {
  if (existsSync(word) || /[./]/.test(word)) return undefined;
  if (commands.includes(word)) return `the command ${quote(word)} has to come before its flags`;
  const { suggestion } = didYouMean(word, commands);
  const meant = suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
  return `${quote(word)} is neither a file nor a command: there are ${listWords(commands, 'and')}${meant}`;
}
