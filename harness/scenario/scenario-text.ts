import type { Scenario } from '../variant.ts';
import { parseScenario } from './parse.ts';
import { formatProblem } from './yaml/problem.ts';

/** The parts of a small sound scenario, each on a line of its own, in this order from line 1; tests replace some. */
const PARTS = {
  name: 'tiny',
  defaults: '{ topology: shpc-bridge, sampling: { cycles: 1, warmup: 0 } }',
  variants: '{ a: {} }',
  sequence: '[boot]',
};

export type Parts = Partial<typeof PARTS> & { readonly rest?: string };

/** For tests: a scenario's text. `rest` begins on line 5. */
export function scenarioText({ rest = '', ...parts }: Parts): string {
  return `${Object.entries({ ...PARTS, ...parts })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}${rest}`;
}

/** For tests: `line:column: message` of each problem, none if the text is sound. */
export function problemLines(source: string): readonly string[] {
  const parsed = parseScenario('', source);
  return parsed.ok ? [] : parsed.failure.map((problem) => formatProblem(problem).slice(1));
}

/** For tests: the scenario of a text that has to be sound. */
export function soundScenarioOf(source: string, file = '/scenarios/tiny.yaml'): Scenario {
  const parsed = parseScenario(file, source);
  if (!parsed.ok) throw new Error(parsed.failure.map(formatProblem).join('\n'));
  return parsed.value;
}
