import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { bencher } from './bencher.ts';
import { githubActionBenchmark } from './github-action-benchmark.ts';
import { RESTORED_OPERATIONS, TEST_OPERATION, testExport, VIRTUAL_OPERATION } from './test-export.ts';

/** What bencher.dev/bmf.json asks for, and no key beside it. */
const BMF = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { value: { type: 'number' }, lower_value: { type: 'number' }, upper_value: { type: 'number' } },
      required: ['value'],
      additionalProperties: false,
    },
  },
};

/** `BenchmarkResult` of github-action-benchmark, src/extract.ts. */
const ENTRIES = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      value: { type: 'number' },
      unit: { type: 'string' },
      range: { type: 'string' },
      extra: { type: 'string' },
    },
    required: ['name', 'value', 'unit'],
    additionalProperties: false,
  },
};

const UNKNOWN = { ...TEST_OPERATION, variant: 'failing', failures: 20, p50_ms: undefined, p50_ci95_ms: undefined };
const run = testExport({ operations: [TEST_OPERATION, ...RESTORED_OPERATIONS, VIRTUAL_OPERATION, UNKNOWN] });

function conforms(schema: object, text: string): boolean {
  return new Ajv().validate(schema, JSON.parse(text));
}

test('Bencher: as its schema has it, in nanoseconds, with the ends of the interval', () => {
  const { text } = bencher.render([run]);
  expect(conforms(BMF, text)).toBe(true);
  const benchmarks = JSON.parse(text);
  expect(benchmarks['nightly.shpc.plug']).toEqual({
    latency: { value: 6_263_400_000, lower_value: 6_250_000_000, upper_value: 6_280_000_000 },
    'failure-rate': { value: 0 },
  });
  expect(benchmarks['nightly.failing.plug']).toEqual({ 'failure-rate': { value: 20 / 24 } });
  expect(Object.keys(benchmarks)).toHaveLength(6);
});

test('github-action-benchmark: as its schema has it; what has no median is named and left out', () => {
  const { text, notes } = githubActionBenchmark.render([run]);
  expect(conforms(ENTRIES, text)).toBe(true);
  const entries: { name: string }[] = JSON.parse(text);
  expect(entries[0]).toEqual({
    ...{ name: 'nightly.shpc.plug', unit: 'ms', value: 6263.4, range: '95 % CI 6250 to 6280' },
    extra: '6 boots, 24 samples, 0 of 24 failed',
  });
  expect(new Set(entries.map((entry) => entry.name)).size).toBe(5);
  expect(notes.join()).toContain('nightly.failing.plug is left out');
});
