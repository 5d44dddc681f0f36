import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Argument, Command, Flag } from './command.ts';
import { print } from './output.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * `bench completion SHELL`: a script that completes commands, flags and their choices for a shell function `bench`. It knows
 * all of them, so that a press of Tab starts no Node. Where it offers nothing, the shell offers files.
 */
export async function completionCommand(shell: Shell, commands: readonly Command[]): Promise<ExitCode> {
  print((shell === 'fish' ? fishLines(commands) : bashLines(commands, shell)).join('\n'));
  return EXIT.ok;
}

function bashLines(commands: readonly Command[], shell: 'bash' | 'zsh'): readonly string[] {
  const names = [...commands.map(({ name }) => name), 'help'];
  const fallback = commands.find(({ isDefault }) => isDefault)?.name;
  const values = commands.flatMap(({ name, flags }) =>
    Object.values(flags).flatMap((flag) =>
      flag.value?.choices ? [`    '${name} ${typed(flag)}') words='${flag.value.choices.join(' ')}' ;;`] : [],
    ),
  );
  return [
    // zsh calls functions for bash as bash does, if told to.
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_hotplug_bench() {',
    `  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command=${fallback} flags= words=`,
    `  case "\${COMP_WORDS[1]}" in ${names.join('|')}) command="\${COMP_WORDS[1]}" ;; esac`,
    '  case "$command" in',
    ...commands.map(({ name, flags, arguments: given }) => {
      const written = [...Object.values(flags).map(typed), '--help'].join(' ');
      return `    ${name}) flags='${written}' words='${choicesOf(given).join(' ')}' ;;`;
    }),
    `    help) words='${names.join(' ')}' ;;`,
    '  esac',
    `  [ "$COMP_CWORD" = 1 ] && words='${names.join(' ')}'`,
    '  case "$word" in -*) words="$flags" ;; esac',
    '  case "$command $before" in',
    ...values,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _hotplug_bench bench',
  ];
}

function fishLines(commands: readonly Command[]): readonly string[] {
  const others = commands.filter(({ isDefault }) => !isDefault).map(({ name }) => name);
  return commands.flatMap(({ name, description, isDefault, arguments: given, flags }) => {
    const called = isDefault
      ? `not __fish_seen_subcommand_from ${others.join(' ')} help`
      : `__fish_seen_subcommand_from ${name}`;
    const choices = choicesOf(given);
    return [
      `complete -c bench -n __fish_is_first_token -a ${name} -d ${quoted(description)}`,
      ...(choices.length > 0 ? [`complete -c bench -f -n ${quoted(called)} -a ${quoted(choices.join(' '))}`] : []),
      ...Object.values(flags).map((flag) => {
        const listed = flag.value?.choices ? ` -x -a ${quoted(flag.value.choices.join(' '))}` : ' -r';
        const value = flag.value ? listed : '';
        return `complete -c bench -n ${quoted(called)} -l ${typed(flag).slice(2)}${value} -d ${quoted(flag.description)}`;
      }),
    ];
  });
}

/** The flag without its value. */
function typed({ written }: Flag): string {
  return written.replace(/ .*/, '');
}

function choicesOf(given: readonly Argument[]): readonly string[] {
  return given.flatMap(({ choices = [] }) => choices);
}

/** As one word of fish's. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
