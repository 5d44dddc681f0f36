import { execaSync } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { completionCommand, type Shell } from './completion.ts';
import { COMMANDS } from './index.ts';

afterEach(() => vi.restoreAllMocks());

async function scriptFor(shell: Shell): Promise<string> {
  let script = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    script += text;
    return true;
  });
  await completionCommand(shell, COMMANDS);
  write.mockRestore();
  return script;
}

test.each([
  ['the first word: commands', ['re'], ['report']],
  ['a flag of the default command', ['quick.yaml', '--acce'], ['--accelerator', '--accept-undecided']],
  ['a choice of a flag', ['--accelerator', ''], ['auto', 'kvm', 'tcg']],
  ['a flag of a command', ['export', '--f'], ['--format', '--force']],
  ['no flag of another command', ['history', '--f'], []],
  ['a choice of an argument', ['fetch', 'book'], ['bookworm', 'bookworm-backports']],
  ['a file, which is left to the shell', ['scenarios/q'], []],
  ['the value of a flag without choices, which is left to the shell', ['export', '--format', ''], []],
])('bash, %s', async (_, words, offered) => {
  const call = `COMP_WORDS=(bench "$@"); COMP_CWORD=$#; _hotplug_bench; echo "\${COMPREPLY[*]}"`;
  const { stdout } = execaSync('bash', ['-c', `${await scriptFor('bash')}${call}`, 'bash', ...words]);
  expect(stdout.split(' ').filter(Boolean)).toEqual(offered);
});

test('zsh is told to call functions for bash', async () => {
  expect(await scriptFor('zsh')).toBe(`autoload -U +X bashcompinit && bashcompinit\n${await scriptFor('bash')}`);
});

test('fish is told every command and flag, each with its description on one line', async () => {
  const lines = (await scriptFor('fish')).trimEnd().split('\n');
  expect(lines.filter((line) => !/^complete -c bench .*'$/.test(line))).toEqual([]);
  for (const { name, flags } of COMMANDS) {
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(` -a ${name} -d '`)));
    for (const { written } of Object.values(flags)) {
      const long = written.replace(/^--| .*/g, '');
      const known = lines.filter((line) => line.includes(` -l ${long} `));
      expect(known.filter((line) => line.includes(name === 'run' ? "-n 'not " : `_from ${name}'`))).toHaveLength(1);
    }
  }
});
