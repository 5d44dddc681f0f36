import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { scenarioJsonSchema } from './json-schema.ts';
import { soundScenario } from './test-scenario.ts';

// A stale file is mended by `npx vitest run --project unit harness/scenario/json-schema.test.ts --update`.
test('scenario.schema.json is what the scenario schema gives', async () => {
  await expect(scenarioJsonSchema()).toMatchFileSnapshot('scenario.schema.json');
});

/** An editor fetches it for every file it opens. */
const MAX_BYTES = 150_000;

test('it stays small', () => {
  expect(scenarioJsonSchema().length).toBeLessThan(MAX_BYTES);
});

describe('an editor with the schema', () => {
  // It refuses a schema that is not one of draft 7.
  const accepts = new Ajv({ strict: false }).compile(JSON.parse(scenarioJsonSchema()));
  const check = (source: string) => accepts(parse(source, { merge: true }));
  const directory = join(import.meta.dirname, '../../scenarios');
  const shipped = readdirSync(directory).filter((name) => name.endsWith('.yaml'));

  test.each(shipped)('accepts %s', (name) => {
    check(readFileSync(join(directory, name), 'utf8'));
    expect(accepts.errors).toBeNull();
  });

  test('accepts a scenario with most of the language', () => {
    check(soundScenario);
    expect(accepts.errors).toBeNull();
  });

  const sound = (sequence: unknown, rest = {}) =>
    stringify({ name: 'x', variants: { a: { topology: 'shpc-bridge', ...rest } }, sequence });

  test.each([
    ['nothing', '{}'],
    ['an unknown key', 'name: x\nvariant: {}\n'],
    ['an unknown step', sound(['boot', { plugg: 'nvme' }])],
    ['two steps in one', sound(['boot', { plug: 'nvme', unplug: 'nvme' }])],
    ['an unknown device', sound(['boot', { plug: 'nvmee' }])],
    ['an option of another device', sound(['boot', { plug: { device: 'virtio-rng', backend: 'null-co' } }])],
    [
      'a mistake in a step within steps',
      sound(['boot', { repeat: { times: 2, steps: [{ load: { steps: ['plug', 'boot'] } }] } }]),
    ],
    ['a time without a unit', sound(['boot', { wait: 5 }])],
    ['an unknown outcome', sound(['boot'], { expect: { plug: ['fine'] } })],
    ['a matrix over something else', 'name: x\nmatrix: { colour: [red] }\nsequence: [boot]\n'],
    ['a value that no axis has', 'name: x\nmatrix: { cpus: [many] }\nsequence: [boot]\n'],
  ])('refuses %s', (_, source) => {
    expect(check(source)).toBe(false);
  });
});
