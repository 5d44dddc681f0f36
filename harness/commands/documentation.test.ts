import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.ts';
import type { Command, Flag } from './command.ts';
import { PROGRAM } from './help-text.ts';
import { COMMANDS } from './index.ts';

/** The page of all commands is written from their table, and no other page names a command or flag that there is not. */

const INTRODUCTION = `# Commands

\`${PROGRAM} validate scenarios/quick.yaml\`, for example; \`run\` may be left out. Files and exit codes are in
[results/README.md](../results/README.md).

This page is written from [the table of commands](../harness/commands/index.ts), from which the parser and \`--help\` come, too:
\`npx vitest run --project unit harness/commands/documentation.test.ts -u\` writes it again.

A shell completes commands, flags and their choices for a function \`bench\`. In \`~/.bashrc\`, or with \`completion zsh\` in
\`~/.zshrc\` behind \`compinit\`:

\`\`\`text
bench() { node ~/hotplug-bench/scripts/bench.mjs "$@"; }
source <(bench completion bash)
\`\`\`

In fish's \`config.fish\`:

\`\`\`text
function bench; node ~/hotplug-bench/scripts/bench.mjs $argv; end
bench completion fish | source
\`\`\`
`;

test('docs/commands.md is what the table says; -u writes it again', async () => {
  const page = [INTRODUCTION, ...COMMANDS.map(section)].join('\n');
  await expect(page).toMatchFileSnapshot(join(projectRoot, 'docs', 'commands.md'));
});

function section(row: Command): string {
  const flags = Object.values(row.flags);
  const name = row.isDefault ? `[${row.name}]` : row.name;
  const usage = [name, ...(flags.length > 0 ? ['[flags]'] : []), ...row.arguments.map(({ written }) => written)];
  const rows = [
    ...row.arguments.map((one) => ({ ...one, remarks: remarksOf(one) })),
    ...flags.map((flag) => ({
      ...flag,
      remarks: [
        ...(flag.isRequired ? ['required'] : []),
        ...remarksOf({ ...flag, choices: flag.value?.choices }),
        ...conflictsOf(flag, row),
      ],
    })),
  ].map(({ written, description, remarks }) => `| ${[code(written), description, remarks.join('; ')].join(' | ')} |`);
  const table = rows.length > 0 ? ['', '| | | |', '| --- | --- | --- |', ...rows] : [];
  return [`## ${row.name}`, '', code(usage.join(' ')), '', sentence(row.description), ...table, ''].join('\n');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function remarksOf({ byDefault, choices }: Pick<Flag, 'byDefault'> & { choices?: readonly string[] | undefined }) {
  return [
    ...(choices ? [choices.map(code).join(', ')] : []),
    ...(byDefault === undefined ? [] : [`by default ${code(byDefault)}`]),
  ];
}

/** Said of both, whichever of the two names the other in the table. */
function conflictsOf(flag: Flag, { flags }: Command): readonly string[] {
  const others = Object.values(flags).filter((other) => names(flag, other, flags) || names(other, flag, flags));
  return others.length === 0
    ? []
    : [`not with ${others.map(({ written }) => code(written.replace(/ .*/, ''))).join(', ')}`];
}

function names({ notWith = [] }: Flag, other: Flag, flags: Command['flags']): boolean {
  return notWith.some((key) => flags[key] === other);
}

function code(text: string): string {
  return `\`${text}\``;
}

const pages = [
  'README.md',
  'results/README.md',
  ...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(projectRoot, name), 'utf8')] as const);

test.each(pages)('%s names only commands and flags that there are', (_, text) => {
  const wrong = [...text.matchAll(/(?:npm run bench -- |`bench )([^`\n#]*)/g)].filter(([, words = '']) => {
    const [first = '', ...others] = words.trim().split(/\s+/);
    const row = COMMANDS.find(({ name }) => name === first) ?? COMMANDS.find(({ isDefault }) => isDefault);
    const known = ['--help', ...Object.values(row?.flags ?? {}).map(({ written }) => written.replace(/ .*/, ''))];
    const isCommand = row?.name === first || /[./-]/.test(first);
    return !isCommand || [first, ...others].some((word) => word.startsWith('--') && !known.includes(word));
  });
  expect(wrong.map(([call]) => call)).toEqual([]);
  const flags = COMMANDS.flatMap((row) => Object.values(row.flags).map(({ written }) => written.replace(/ .*/, '')));
  const spans = [...text.matchAll(/`(?:\w+ )?(--[a-z-]+)/g)].map(([, flag = '']) => flag);
  expect(spans.filter((flag) => ![...flags, '--help'].includes(flag))).toEqual([]);
});
