import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import type { Argument, Command, Flag } from './command.ts';
import { COMMANDS } from './index.ts';

const flagsOf = ({ flags }: Command): readonly (readonly [string, Flag])[] => Object.entries(flags);
const allFlags = COMMANDS.flatMap((row) =>
  flagsOf(row).map(([key, flag]) => [`${row.name} --${key}`, row, flag] as const),
);
const conflicts = allFlags.flatMap(([name, row, flag]) =>
  (flag.notWith ?? []).map((other) => [`${name} with ${other}`, row, flag, row.flags[other]] as const),
);

/** What is typed for an argument, or for a flag with its value. */
const typedArgument = ({ choices: [choice = 'x.yaml'] = [] }: Argument) => choice;
function typedFlag({ written, value }: Flag): readonly string[] {
  const [word = ''] = written.split(' ');
  if (!value) return [word];
  const texts = [...(value.choices ?? []), 'x', '1', '1/1', 'x=1'];
  return [word, texts.find((text) => value.of(text) !== undefined) ?? ''];
}

let stderr = '';
beforeEach(() => {
  stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const requiredFlags = (row: Command) => flagsOf(row).flatMap(([, flag]) => (flag.isRequired ? typedFlag(flag) : []));

/** Types a command that must not be performed, and gives its exit code. */
async function refused(row: Command, ...flags: readonly string[]): Promise<number> {
  const perform = vi.spyOn(row, 'perform').mockRejectedValue(new Error('performed'));
  const ensureHost = vi.fn();
  const argv = [row.name, ...flags, ...requiredFlags(row), ...row.arguments.map(typedArgument)];
  const code = await main(argv, { ensureHost });
  expect(perform).not.toHaveBeenCalled();
  return code;
}

describe.each(COMMANDS.map((row) => [row.name, row] as const))('%s', (_, row) => {
  test('says what it and all its arguments and flags are for', () => {
    const texts = [row, ...row.arguments, ...flagsOf(row).map(([, flag]) => flag)].map(
      ({ description }) => description,
    );
    expect(texts.filter((text) => text.trim() === '' || text.endsWith('.'))).toEqual([]);
  });

  test('an unknown flag is exit 2, and nothing is performed', async () => {
    expect(await refused(row, '--no-such-flag')).toBe(EXIT.usage);
    expect(stderr).toContain("unknown option '--no-such-flag'");
  });

  test('performs with what is typed, and with the defaults of the rest', async () => {
    const perform = vi.spyOn(row, 'perform').mockResolvedValue(EXIT.ok);
    const argv = [row.name, ...requiredFlags(row), ...row.arguments.map(typedArgument)];
    expect(await main(argv, { ensureHost: vi.fn() })).toBe(EXIT.ok);
    const given = row.arguments.map((one) => (one.written.includes('...') ? [typedArgument(one)] : typedArgument(one)));
    const flags = flagsOf(row).flatMap(([key, flag]) => {
      const { byDefault, isRequired, value } = flag;
      if (isRequired) return [[key, value?.of(typedFlag(flag)[1] ?? '')]];
      return byDefault === undefined ? [] : [[key, byDefault]];
    });
    expect(perform.mock.calls[0]?.slice(0, 2)).toEqual([given, Object.fromEntries(flags)]);
  });

  test('an argument that may be left out has a default, or is a list', () => {
    const optional = row.arguments.filter(({ written }) => written.startsWith('['));
    expect(optional.filter(({ written, byDefault }) => byDefault === undefined && !written.includes('...'))).toEqual(
      [],
    );
  });
});

test.each(allFlags)(
  '%s is typed as its key says, and takes a value if one is written',
  (name, _, { written, value }) => {
    const dashed = name.replace(/^\w+ /, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(written).toMatch(new RegExp(`^${dashed}( <[^>]+>)?$`));
    expect(value !== undefined).toBe(written.includes('<'));
  },
);

test.each(conflicts)('%s: exit 2, both named, nothing performed', async (_, row, flag, other) => {
  if (!other) throw new Error('there is no such flag');
  expect(await refused(row, ...typedFlag(flag), ...typedFlag(other))).toBe(EXIT.usage);
  expect(stderr).toContain(`option '${flag.written}' cannot be used with option '${other.written}'`);
});

test.each(allFlags.filter(([, , { value }]) => value?.of('not so') === undefined && value))(
  '%s: a text that is not as expected is exit 2, and what is expected is said',
  async (_, row, flag) => {
    const [word = ''] = typedFlag(flag);
    expect(await refused(row, word, 'not so')).toBe(EXIT.usage);
    expect(stderr).toContain(`argument 'not so' is invalid. ${flag.value?.expected}.`);
  },
);

test('one command is the default', () => {
  expect(COMMANDS.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['run']);
});
