/** A line of the fragment that is not in the finished configuration, and what is there in its place. */
export interface LostOption {
  readonly wanted: string;
  /** Absent when the option is not there at all: something it depends on is missing, or this kernel has no such option. */
  readonly got?: string;
}

/**
 * What `make olddefconfig` dropped or changed. `fragment` and `config` are texts in the format of a .config; an option
 * that is not mentioned counts as not set.
 */
export function lostOptions(fragment: string, config: string): readonly LostOption[] {
  const finished = new Map(optionLines(config).map((line) => [optionName(line), line]));
  return optionLines(fragment).flatMap((wanted) => {
    const got = finished.get(optionName(wanted));
    if (got === wanted || (got === undefined && wanted.endsWith(' is not set'))) return [];
    return [got === undefined ? { wanted } : { wanted, got }];
  });
}

/** For a message: one line for each. */
export function describeLostOptions(lost: readonly LostOption[]): string {
  return lost.map(({ wanted, got }) => `  ${wanted}: ${got ?? 'not in the configuration'}`).join('\n');
}

/** Lines `CONFIG_NAME=value` and `# CONFIG_NAME is not set`; all others are comments. */
function optionLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(CONFIG_\w+=|# CONFIG_\w+ is not set$)/.test(line));
}

function optionName(line: string): string {
  return /CONFIG_\w+/.exec(line)?.[0] ?? '';
}
