import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { devices } from '../machine/device/index.ts';
import { matrixFields, scenarioFile, settings } from './schema.ts';
import { stepKinds } from './step/index.ts';
import { problemLines } from './test-scenario.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/scenarios.md'), 'utf8');
const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
const named = blocks.map((block): readonly [string, string] => [String(parse(block).name), block]);

describe('docs/scenarios.md', () => {
  test.each(named)('%s is a sound scenario', (_, source) => {
    expect(problemLines(source)).toEqual([]);
  });

  test.each([
    ['key of the file', Object.keys(scenarioFile.shape)],
    ['setting', Object.keys(settings.shape)],
    ['axis', Object.keys(matrixFields)],
    ['device', [...devices.keys()].filter((name) => devices.get(name)?.options.safeParse({}).success === false)],
  ])('mentions every %s', (_, names) => {
    expect(names.filter((name) => !text.includes(`\`${name}`))).toEqual([]);
  });

  test('has an example of every step', () => {
    expect(blocks.join('')).toContain('- boot\n');
    const missing = [...stepKinds.keys()].filter((name) => !new RegExp(`(?:- |\\[)${name}\\b`).test(blocks.join('')));
    expect(missing.filter((name) => !text.includes(`| \`${name}:`))).toEqual([]);
  });
});
