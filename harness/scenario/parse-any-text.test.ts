import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { anyText } from '../any-text.fixture.ts';
import { parseScenario } from './parse.ts';
import { soundScenario } from './test-scenario.ts';
import { formatProblem } from './yaml/problem.ts';

/** Some ten milliseconds for each text on a busy machine. */
const TIMEOUT_MS = 60_000;

/** The scenario or at least one problem with a place; a text that throws fails the test by itself. */
function judge(source: string): void {
  const parsed = parseScenario('any.yaml', source);
  if (parsed.ok) {
    expect(parsed.value.variants.length).toBeGreaterThan(0);
  } else {
    expect(parsed.failure.length).toBeGreaterThan(0);
    for (const problem of parsed.failure) expect(formatProblem(problem)).toMatch(/^any\.yaml:[1-9]\d*:[1-9]\d*: /);
  }
}

/** Pieces that mean something to YAML or to a scenario, more likely to hurt than random letters. */
const piece = fc.oneof(
  fc.constantFrom(
    '&a ',
    '*a',
    '<<: *a',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '\n',
    '\n  ',
    '\t',
    '#',
    '!',
    '%',
    '---\n',
    '...',
  ),
  fc.constantFrom(
    'boot',
    'plug: virtio-blk',
    'topology: ',
    'ports',
    '1e999',
    '-0',
    '.nan',
    '~',
    '0x7fffffffffffffff',
    '__proto__',
    'toString: 1',
  ),
  anyText({ maxLength: 5 }),
);

test(
  'no text makes the parser throw',
  () => {
    fc.assert(fc.property(anyText(), judge), { numRuns: 300 });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        judge,
      ),
      { numRuns: 500 },
    );
  },
  TIMEOUT_MS,
);

test(
  'no YAML value makes the parser throw',
  () => {
    const parts = fc.record(
      { defaults: fc.jsonValue(), variants: fc.jsonValue(), sequence: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), parts).map((value) => stringify(value)),
        judge,
      ),
      { numRuns: 300 },
    );
  },
  TIMEOUT_MS,
);

test(
  'no change of a sound scenario makes the parser throw',
  () => {
    const change = fc.tuple(
      fc.nat({ max: soundScenario.length }),
      fc.nat({ max: 30 }),
      fc.oneof(piece, fc.constant('')),
    );
    const changed = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((text, [at, length, into]) => text.slice(0, at) + into + text.slice(at + length), soundScenario),
      );
    fc.assert(fc.property(changed, judge), { numRuns: 500 });
  },
  TIMEOUT_MS,
);
