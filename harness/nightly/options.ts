import { parseArgs } from 'node:util';
import { baselineNameProblem } from '../history/baselines.ts';
import { fail, ok, type Result } from '../result.ts';

export interface NightlyOptions {
  /** Whether a noisy host is refused. */
  readonly strictHost: boolean;
  /** Name of the baseline. */
  readonly baseline: string;
  /** Folder of the run directories. */
  readonly out: string;
  /** Scenario files; empty: what fits the host. */
  readonly scenarios: readonly string[];
}

const USAGE = 'usage: scripts/nightly [--strict-host] [--baseline NAME] [--out DIR] [scenario.yaml ...]';

/** The failure is a text for the user. */
export function parseNightly(argv: readonly string[]): Result<NightlyOptions, string> {
  const options = {
    'strict-host': { type: 'boolean', default: false },
    baseline: { type: 'string', default: 'nightly' },
    out: { type: 'string', default: 'results' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { 'strict-host': strictHost, baseline, out } = values;
    const problem = baselineNameProblem(baseline);
    return problem === undefined ? ok({ strictHost, baseline, out, scenarios: positionals }) : fail(problem);
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}
