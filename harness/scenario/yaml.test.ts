import { describe, expect, test } from 'vitest';
import { problemLines, scenarioText, soundScenarioOf } from './test-scenario.ts';

const withRest = (rest: string) => problemLines(scenarioText({ rest }));

describe('text that is not YAML', () => {
  test.each([
    [
      'a tab as indentation',
      'deadline:\n\tplug: 1s',
      ['6:1: not valid YAML: Tabs are not allowed as indentation, expected spaces'],
    ],
    ['a quote that does not end', 'reference: "a', ['5:14: not valid YAML: Missing closing "quote']],
    [
      'a bracket that does not end',
      'deadline: { plug: 1s',
      ['5:21: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }'],
    ],
    [
      'a reserved character',
      'reference: @a',
      [
        '5:12: not valid YAML: Plain value cannot start with reserved character @, expected quotes around a text that begins with this character',
      ],
    ],
    [
      'a tag',
      'reference: !name a',
      ['5:12: not valid YAML: Unresolved tag: !name, expected plain values without a tag'],
    ],
    [
      'a tag of YAML 1.1',
      'reference: !!binary a',
      ['5:12: not valid YAML: Unresolved tag: tag:yaml.org,2002:binary, expected plain values without a tag'],
    ],
    ['a second document', '---\nname: y', ['5:1: a second YAML document, expected one scenario in each file']],
    ['control characters', 'reference: a\x1b[0m', ['5:13: control character U+001B, expected a text file']],
    [
      'nesting without end',
      `reference: ${'['.repeat(100_000)}`,
      ['5:75: nested too deep, expected at the most 64 levels'],
    ],
  ])('%s is a problem', (_, rest, expected) => {
    expect(withRest(rest)).toEqual(expected);
  });

  test.each(['', ' \n\n', '# only a comment\n', '---\n', 'null'])('%j is an empty file', (source) => {
    expect(problemLines(source)).toEqual(['1:1: the file is empty, expected a scenario']);
  });

  test('every line with a mistake is reported, each once', () => {
    expect(withRest('reference: @a\ndescription: @b @c\n').map((line) => line.slice(0, 4))).toEqual(['5:12', '6:14']);
  });
});

describe('keys', () => {
  test.each([
    ['twice at the top', 'name: y', ['5:1: the key "name" for the second time, expected each key once']],
    [
      'twice in a flow map',
      'deadline: { plug: 1s, plug: 2s }',
      ['5:23: the key "plug" for the second time, expected each key once'],
    ],
    [
      'once quoted and once not',
      'deadline: { plug: 1s, "plug": 2s }',
      ['5:23: the key "plug" for the second time, expected each key once'],
    ],
    ['a list', '? [a]\n: 1', ['5:3: a map or list as a key, expected a name']],
    ['nothing', ': 1', ['5:1: a key without a name, expected a name']],
    ['a null', '~: 1', ['5:1: "~" as a key, expected a name']],
    ['__proto__', '__proto__: 1', ['5:1: "__proto__" as a key, expected a name']],
  ])('%s: a problem', (_, rest, expected) => {
    expect(withRest(rest)).toEqual(expected);
  });

  test('of numbers and booleans are the text they are written as', () => {
    const { variants } = soundScenarioOf(scenarioText({ variants: '{ 4: {}, 0x10: {}, true: {}, constructor: {} }' }));
    expect(variants.map(({ name }) => name)).toEqual(['4', '0x10', 'true', 'constructor']);
  });

  test('a second key hides no other mistake', () => {
    expect(withRest('name: y\nreference: b')).toEqual([
      '5:1: the key "name" for the second time, expected each key once',
      '6:12: the reference "b" is not a variant, expected a, did you mean "a"?',
    ]);
  });
});

describe('anchors, aliases and merge keys', () => {
  test('stand for what they name', () => {
    const { variants } = soundScenarioOf(
      scenarioText({
        defaults: '{ topology: &t { pcie-root-port: { ports: 3 } }, guest: &g { cpus: 3, memory: &m 1G } }',
        variants: '{ a: { topology: *t }, b: { guest: { <<: *g, cpus: 4 } }, c: { guest: { memory: *m } } }',
        rest: 'deadline: { plug: 1s, <<: [{ plug: 2s, unplug: 2s }, { unplug: 3s, boot: 3s }] }',
      }),
    );
    expect(variants[0]?.topologyOptions).toEqual({ ports: 3 });
    expect(variants.map(({ guest }) => [guest.cpus, guest.memoryMiB])).toEqual([
      [3, 1024],
      [4, 1024],
      [3, 1024],
    ]);
    expect(variants[0]?.deadlines).toEqual({ plugMs: 1000, unplugMs: 2000, bootMs: 3000 });
  });

  test('a mistake behind aliases is reported once, where it is', () => {
    const variants = '{ a: { guest: &g { cpus: 0 } }, b: { guest: *g }, c: { guest: { <<: *g } } }';
    expect(problemLines(scenarioText({ variants }))).toEqual([
      '3:36: "cpus" is 0, expected a whole number from 1 to 255 (virtual CPUs)',
    ]);
  });

  test('a name taken twice stands for the nearest before it', () => {
    const variants =
      '{ a: { guest: &g { cpus: 1 } }, b: { guest: *g }, c: { guest: &g { cpus: 2 } }, d: { guest: *g } }';
    expect(soundScenarioOf(scenarioText({ variants })).variants.map(({ guest }) => guest.cpus)).toEqual([1, 1, 2, 2]);
  });

  test.each([
    ['nothing', 'reference: *b', ['5:12: "*b" stands for nothing, expected an anchor "&b" before it']],
    [
      'nothing, twice',
      'reference: *b\ndescription: *c',
      [
        '5:12: "*b" stands for nothing, expected an anchor "&b" before it',
        '6:14: "*c" stands for nothing, expected an anchor "&c" before it',
      ],
    ],
    [
      'an anchor after it',
      'reference: *b\ndescription: &b a',
      ['5:12: "*b" stands for nothing, expected an anchor "&b" before it'],
    ],
    ['itself', 'deadline: &d { plug: *d }', ['5:22: "*d" stands inside what it stands for']],
    ['itself in a merge', 'deadline: &d { <<: *d }', ['5:20: "*d" stands inside what it stands for']],
    [
      'no map in a merge',
      'deadline: { <<: 5 }',
      ['5:13: << does not merge a map, expected an alias of a map, or a list of them'],
    ],
  ])('an alias of %s is a problem', (_, rest, expected) => {
    expect(withRest(rest)).toEqual(expected);
  });

  test('aliases of aliases that stand for billions of values are refused at once', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `v${level}: &v${level} [${level === 0 ? 'ha' : `*v${level - 1}, *v${level - 1}`}]`,
    );
    expect(withRest(`${levels.join('\n')}\n`)).toEqual([
      '20:11: too many values once aliases are followed, expected at the most 100000',
    ]);
  });

  test('aliases of aliases that nest without end are refused', () => {
    const levels = Array.from({ length: 5000 }, (_, level) =>
      level === 0 ? '&v0 [ha]' : `&v${level} { <<: *v${level - 1} }`,
    );
    // Inside a key nothing is read, so the last alias is the first to be followed.
    const [, problem] = withRest(`? [${levels.join(', ')}]\n: 1\ndeadline: *v4999\n`);
    expect(problem).toMatch(/^5:\d+: nested too deep once aliases are followed, expected at the most 64 levels$/);
  });
});

test('a scenario in JSON, with a byte order mark or with Windows line ends is read like any other', () => {
  const json = JSON.stringify({ name: 'j', variants: { a: { topology: 'shpc-bridge' } }, sequence: ['boot'] });
  expect(problemLines(json)).toEqual([]);
  expect(problemLines(`\uFEFF${scenarioText({}).replaceAll('\n', '\r\n')}`)).toEqual([]);
  expect(problemLines(`name: X\r\n${scenarioText({}).replaceAll('\n', '\r\n').replace('name: tiny\r\n', '')}`)).toEqual(
    ['1:7: "name" is "X", expected a name of lower-case letters, digits and "-", at the most 64 in all'],
  );
});

test('YAML 1.1 has no say: yes and on are texts', () => {
  expect(
    problemLines(`%YAML 1.1\n---\n${scenarioText({ variants: '{ yes: {}, on: {} }', rest: 'reference: on' })}`),
  ).toEqual([]);
});
