import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenScenario } from './broken-scenarios.ts';
import { parseScenario } from './parse.ts';
import { soundScenario } from './test-scenario.ts';
import { formatProblem } from './yaml/problem.ts';

test('the scenario that the broken ones are made from is sound', () => {
  expect(parseScenario('sound.yaml', soundScenario)).toMatchObject({ ok: true });
});

test('each broken scenario has a problem, and each problem a place in the text and one printable line', () => {
  fc.assert(
    fc.property(brokenScenario, (source) => {
      const parsed = parseScenario('broken.yaml', source);
      if (parsed.ok) throw new Error(`accepted:\n${source}`);
      expect(parsed.failure.length).toBeGreaterThan(0);
      const lines = source.split(/\r\n|\n/);
      for (const problem of parsed.failure) {
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.line).toBeLessThanOrEqual(lines.length);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1]?.length ?? 0) + 1);
        expect(formatProblem(problem)).toMatch(/^broken\.yaml:\d+:\d+: [^\p{Cc}]+$/u);
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);
