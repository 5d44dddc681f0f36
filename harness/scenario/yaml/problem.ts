/** A place in a scenario file. */
export interface Place {
  /** As the user named it. */
  readonly file: string;
  /** From 1. A problem with the file as a whole is at line 1, column 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** Something wrong with a scenario file, with the place where it can be mended. */
export interface Problem extends Place {
  readonly wrong: string;
  readonly expected?: string;
  /** What the user most likely meant, as it would be typed. */
  readonly suggestion?: string;
}

/** A problem before its place in the text is known: what the checks of the data report. */
export interface Finding {
  /** Keys and indices from the top of the file. */
  readonly path: Path;
  /** Whether the key itself is wrong or what stands behind it. */
  readonly at: 'key' | 'value';
  readonly wrong: string;
  readonly expected?: string;
  readonly suggestion?: string;
}

export type Path = readonly (string | number)[];

/** Control and formatting characters, which could rewrite the terminal line they are printed on. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `file:line:column: what is wrong, what was expected, did you mean …`: one line, printable whatever the file holds. */
export function formatProblem({ file, line, column, wrong, expected, suggestion }: Problem): string {
  const parts = [`${file}:${line}:${column}: ${wrong}`];
  if (expected !== undefined) parts.push(`expected ${expected}`);
  if (suggestion !== undefined) parts.push(`did you mean "${suggestion}"?`);
  return parts
    .join(', ')
    .replaceAll(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** More than anybody mends at once. A file that is no scenario has one for each of its lines. */
const SHOWN_PROBLEMS = 50;

/** For the user, a line for each. */
export function problemsText(problems: readonly Problem[]): string {
  const more = problems.length - SHOWN_PROBLEMS;
  const lines = problems.slice(0, SHOWN_PROBLEMS).map(formatProblem);
  return [...lines, ...(more > 0 ? [`... and ${more} more`] : [])].join('\n');
}

/** In the order of the text, and each said once: a node used through several aliases is wrong only once. */
export function tidyProblems(problems: readonly Problem[]): readonly Problem[] {
  const byText = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...byText.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
