import fc from 'fast-check';
import { stringify } from 'yaml';
import { SOUND, soundScenario } from './test-scenario.ts';
import type { Path } from './yaml/problem.ts';

const anyKey = fc.stringMatching(/^x-[a-z]{0,9}$/);
const list = fc.array(fc.integer(), { minLength: 1 });
const map = fc.dictionary(anyKey, fc.jsonValue(), { minKeys: 1 });
const text = fc.stringMatching(/^[a-z ]{0,12}!$/);
const nothing = fc.constant(null);

const NO_TIMES = ['3', '2h', '-1s', '3 weeks', '1e3ms'];

/** Values that are wrong where a value of this kind belongs. */
const wrong = {
  map: fc.oneof(nothing, text, list, fc.double(), fc.boolean()),
  list: fc.oneof(nothing, text, map, fc.integer(), fc.constant([])),
  word: fc.oneof(nothing, text, list, map, fc.double(), fc.boolean(), fc.constant('')),
  wholeNumber: fc.oneof(
    nothing,
    text,
    list,
    map,
    fc.boolean(),
    fc.integer({ max: -1 }),
    fc.integer({ min: 1001 }),
    fc.double({ min: 1e15 }),
    fc.constantFrom('2', 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  ),
  size: fc.oneof(
    nothing,
    text,
    list,
    map,
    fc.integer({ max: 63 }),
    fc.constantFrom('512', '32M', '2T', '512X', 1e9, 64.5),
  ),
  duration: fc.oneof(nothing, text, list, map, fc.double(), fc.constantFrom('0s', ...NO_TIMES)),
  offset: fc.oneof(nothing, text, list, map, fc.double(), fc.constantFrom(...NO_TIMES)),
  parameter: fc.oneof(list, map, fc.constantFrom('a"b', 'a\nb', '\0')),
  flag: fc.oneof(nothing, text, list, map, fc.double(), fc.constantFrom('yes', 'true', 0)),
  line: fc.oneof(nothing, list, map, fc.double(), fc.constantFrom('', 'a\nb', 'x'.repeat(201))),
};

const places: readonly (readonly [keyof typeof wrong, Path])[] = [
  ['word', ['name']],
  ['map', ['defaults']],
  ['map', ['defaults', 'guest']],
  ['wholeNumber', ['defaults', 'guest', 'cpus']],
  ['size', ['defaults', 'guest', 'memory']],
  ['word', ['defaults', 'guest', 'kernel']],
  ['map', ['defaults', 'guest', 'parameters']],
  ['parameter', ['defaults', 'guest', 'parameters', 'nokaslr']],
  ['map', ['defaults', 'sampling']],
  ['wholeNumber', ['defaults', 'sampling', 'boots']],
  ['wholeNumber', ['defaults', 'sampling', 'cycles']],
  ['wholeNumber', ['defaults', 'sampling', 'warmup']],
  ['word', ['defaults', 'accelerator']],
  ['map', ['defaults', 'timeout']],
  ['duration', ['defaults', 'timeout', 'plug']],
  ['map', ['variants']],
  ['map', ['variants', 'bridge']],
  ['word', ['variants', 'bridge', 'topology']],
  ['map', ['variants', 'ports', 'topology', 'pcie-root-port']],
  ['wholeNumber', ['variants', 'ports', 'topology', 'pcie-root-port', 'ports']],
  ['wholeNumber', ['variants', 'ports', 'guest', 'cpus']],
  ['duration', ['variants', 'ports', 'deadline', 'unplug']],
  ['list', ['sequence']],
  ['word', ['sequence', 0]],
  ['word', ['sequence', 1, 'plug']],
  ['word', ['sequence', 2, 'plug', 'device']],
  ['word', ['sequence', 2, 'plug', 'id']],
  ['word', ['sequence', 2, 'plug', 'backend']],
  ['word', ['sequence', 3, 'unplug']],
  ['word', ['sequence', 4, 'unplug', 'id']],
  ['wholeNumber', ['sequence', 5, 'plug', 'count']],
  ['offset', ['sequence', 5, 'plug', 'gap']],
  ['flag', ['sequence', 5, 'plug', 'together']],
  ['word', ['sequence', 5, 'plug', 'bus']],
  ['duration', ['sequence', 6, 'wait']],
  ['line', ['sequence', 6, 'wait', 'until']],
  ['duration', ['sequence', 6, 'wait', 'timeout']],
  ['wholeNumber', ['sequence', 7, 'unplug', 'count']],
  ['word', ['sequence', 7, 'unplug', 'order']],
  ['word', ['sequence', 7, 'unplug', 'expect']],
  ['list', ['sequence', 8, 'parallel']],
  ['list', ['sequence', 8, 'parallel', 0]],
  ['word', ['sequence', 8, 'parallel', 1, 0]],
  ['map', ['sequence', 9, 'repeat']],
  ['wholeNumber', ['sequence', 9, 'repeat', 'times']],
  ['list', ['sequence', 9, 'repeat', 'steps']],
  ['map', ['sequence', 9, 'repeat', 'steps', 1, 'load']],
  ['wholeNumber', ['sequence', 9, 'repeat', 'steps', 1, 'load', 'host']],
  ['word', ['defaults', 'boot_mode']],
  ['word', ['defaults', 'device']],
  ['word', ['defaults', 'device', 'device']],
  ['map', ['defaults', 'load']],
  ['map', ['defaults', 'expect']],
  ['word', ['defaults', 'expect', 'plug', 1]],
  ['wholeNumber', ['variants', 'more', 'count']],
  ['list', ['variants', 'race', 'sequence']],
  ['offset', ['variants', 'race', 'sequence', 1, 'plug', 'at', 'from']],
  ['duration', ['variants', 'race', 'sequence', 1, 'plug', 'hold']],
  ['map', ['matrix']],
  ['list', ['matrix', 'memory']],
  ['size', ['matrix', 'memory', 1]],
  ['map', ['matrix', 'parameters']],
  ['parameter', ['matrix', 'parameters', 'quiet', 'no']],
  ['map', ['matrix', 'exclude']],
  ['map', ['matrix', 'exclude', 0]],
  ['word', ['matrix', 'exclude', 0, 'variant']],
  ['word', ['reference']],
  ['list', ['fit']],
  ['map', ['fit', 0]],
  ['word', ['fit', 0, 'latency']],
  ['word', ['fit', 0, 'against']],
  ['map', ['deadline']],
  ['duration', ['deadline', 'plug']],
];

/** Maps whose keys are all known. */
const closedMaps: readonly Path[] = [
  [],
  ['defaults'],
  ['defaults', 'guest'],
  ['defaults', 'sampling'],
  ['defaults', 'timeout'],
  ['variants', 'bridge'],
  ['variants', 'ports', 'topology'],
  ['variants', 'ports', 'topology', 'pcie-root-port'],
  ['sequence', 1],
  ['fit', 0],
  ['sequence', 2, 'plug'],
  ['sequence', 4, 'unplug'],
  ['sequence', 6, 'wait'],
  ['sequence', 9, 'repeat'],
  ['sequence', 9, 'repeat', 'steps', 1, 'load'],
  ['variants', 'race', 'sequence', 1, 'plug', 'at'],
  ['defaults', 'device'],
  ['defaults', 'load'],
  ['defaults', 'expect'],
  ['matrix'],
  ['matrix', 'exclude', 0],
];

const brokenSequences: readonly unknown[] = [
  [{ plug: 'virtio-blk' }, { unplug: 'virtio-blk' }],
  ['boot', 'boot'],
  ['boot', { plug: 'virtio-blk' }],
  ['boot', { unplug: 'virtio-blk' }],
  ['boot', { plug: 'virtio-blk' }, { unplug: 'disk0' }],
  ['boot', { plug: 'virtio-blk' }, { unplug: 'virtio-blk' }, { unplug: 'virtio-blk' }],
  ['boot', ...Array(7).fill({ plug: 'virtio-blk' }), ...Array(7).fill({ unplug: 'virtio-blk' })],
  ['boot', { plug: { count: 7 } }, 'unplug'],
  ['boot', { parallel: [[{ plug: 'nvme' }], [{ unplug: 'nvme' }]] }],
  ['boot', { parallel: [['plug']] }],
  ['boot', { repeat: { times: 2, steps: [{ plug: { id: 'a' } }] } }],
  ['boot', { load: { steps: ['plug', 'unplug'] } }],
  ['boot', { wait: '1s' }, { plug: { at: '1s' } }],
  ['boot', 'plug', { unplug: { count: 2 } }],
  ['boot', { plug: 'virtio-blk', unplug: 'virtio-blk' }],
  ['boot', { reboot: null }],
];

/** Lines that no scenario can hold, wherever they stand at the end of one. */
const brokenEndings: readonly string[] = [
  'name: twice',
  'deadline: { plug: 1s, plug: 1s }',
  '\tdescription: tab',
  'description: "no end',
  'timeout: { plug: 1s',
  'timeout: [plug',
  'timeout: @1s',
  'timeout: !seconds 1',
  'timeout: *nowhere',
  'timeout: &again { plug: *again }',
  '<<: 5',
  '? [a, list]\n: 1',
  '? { a: map }\n: 1',
  ': without a key',
  '~: 1',
  '5: 1',
  '__proto__: 1',
  'constructor: 1',
  'no colon',
  '- a list',
  '---\nname: second',
  `timeout: ${'['.repeat(5000)}`,
  `timeout: ${'{"a": '.repeat(5000)}`,
  `${'- '.repeat(5000)}`,
];

/** Ten levels of ten aliases each. */
const billionLaughs = Array.from({ length: 10 }, (_, level) =>
  level === 0
    ? 'x0: &x0 [ha]'
    : `x${level}: &x${level} [${Array(10)
        .fill(`*x${level - 1}`)
        .join(', ')}]`,
).join('\n');

const aliasOfSomethingWrong = fc
  .tuple(fc.integer({ min: 1001 }), fc.integer({ min: 1, max: 20 }))
  .map(([cpus, times]) =>
    [
      'name: aliases',
      `defaults: { topology: shpc-bridge, guest: &guest { cpus: ${cpus} } }`,
      'variants:',
      ...Array.from({ length: times }, (_, index) => `  v${index}: { guest: *guest }`),
      'sequence: [boot]',
    ].join('\n'),
  );

const controlCharacter = fc.constantFrom('\0', '\x01', '\x08', '\x1b', '\x7f');

/** Texts of scenario files, each with at least one mistake that has to be found. */
export const brokenScenario: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...places).chain(([kind, path]) => wrong[kind].map((value) => changed(path, value))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...closedMaps), anyKey, fc.jsonValue())
      .map(([path, key, value]) => changed([...path, key], value)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Path>(['name'], ['variants'], ['sequence'], ['variants', 'bridge', 'topology'])
      .map(without),
  },
  { weight: 2, arbitrary: fc.constantFrom(...brokenSequences).map((sequence) => changed(['sequence'], sequence)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...brokenEndings, billionLaughs).map((ending) => `${soundScenario}${ending}\n`),
  },
  { weight: 1, arbitrary: aliasOfSomethingWrong },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat({ max: soundScenario.length }), controlCharacter)
      .map(([index, character]) => soundScenario.slice(0, index) + character + soundScenario.slice(index)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ max: 200 }).map((bytes) => `\0${String.fromCharCode(...bytes)}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '\n\n', '# only a comment\n', '---\n', 'null\n', '[]\n', '{}\n', '42\n'),
  },
  { weight: 1, arbitrary: fc.string().map((value) => JSON.stringify(value)) },
);

function changed(path: Path, value: unknown): string {
  return stringify(replace(SOUND, path, () => value));
}

function without(path: Path): string {
  return stringify(replace(SOUND, path, () => undefined));
}

function replace(data: unknown, [key, ...rest]: Path, value: () => unknown): unknown {
  if (key === undefined) return value();
  if (Array.isArray(data)) return data.map((item, index) => (index === key ? replace(item, rest, value) : item));
  const entries = Object.entries(data ?? {});
  const old = entries.find(([name]) => name === key)?.[1];
  return Object.fromEntries([...entries.filter(([name]) => name !== key), [key, replace(old, rest, value)]]);
}
