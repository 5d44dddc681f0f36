import type { Command } from 'commander';
import { EXIT, EXIT_MEANINGS } from '../exit-codes.ts';

/** As one types it in a checkout. */
export const PROGRAM = 'npm run bench --';

const EXAMPLES = [
  [`${PROGRAM} scenarios/quick.yaml`, 'measure every variant of a scenario'],
  [`${PROGRAM} scenarios/quick.yaml --filter acpi --boots 10`, 'fewer variants, more boots of each'],
  [`${PROGRAM} scenarios/quick.yaml --dry-run`, 'only show what would be started, and in which order'],
  [`${PROGRAM} validate scenarios/*.yaml`, 'check files without starting anything'],
] as const;

/** What follows commander's own part of `--help`: the flags of the default command, examples, exit codes. */
export function helpAfter(program: Command, run: Command): string {
  const help = program.createHelp();
  help.prepareContext({ helpWidth: process.stdout.columns ?? DEFAULT_COLUMNS });
  const width = help.padWidth(run, help);
  const flags = help
    .visibleOptions(run)
    .filter(({ long }) => long !== '--help')
    .map((option) => help.formatItem(option.flags, width, help.optionDescription(option), help));
  const examples = EXAMPLES.flatMap(([typed, meaning]) => [`  ${typed}`, `      ${meaning}`]);
  const codes = Object.entries(EXIT_MEANINGS).map(([key, meaning]) =>
    help.formatItem(String(EXIT[key as keyof typeof EXIT]), EXIT_CODE_WIDTH, meaning, help),
  );
  const section = (title: string, lines: readonly string[]) => ['', title, ...lines];
  return [...section('Flags of run:', flags), ...section('Examples:', examples), ...section('Exit codes:', codes)].join(
    '\n',
  );
}

/** Where standard output is no terminal. */
const DEFAULT_COLUMNS = 80;
const EXIT_CODE_WIDTH = 3;
