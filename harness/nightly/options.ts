import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { PERCENT } from '../commands/flags.ts';
import type { KvmAnswer } from '../commands/try-kvm.ts';
import { baselineNameProblem } from '../history/baselines.ts';
import { projectRoot } from '../project-root.ts';
import { fail, ok, type Result } from '../result.ts';

export interface NightlyOptions {
  /** Whether a noisy host is refused. */
  readonly strictHost: boolean;
  /** Name of the baseline. */
  readonly baseline: string;
  /** Folder of the run directories. */
  readonly out: string;
  /** The slowdown that is not to be missed, as a share; absent: what `run` takes. */
  readonly detect?: number;
  /** Whether a night of which something is undecided counts as fine. */
  readonly acceptUndecided: boolean;
  /** Scenario files; empty: what fits the host. */
  readonly scenarios: readonly string[];
}

const USAGE =
  'usage: scripts/nightly [--strict-host] [--baseline NAME] [--out DIR] [--detect PERCENT] [--accept-undecided] [scenario.yaml ...]';

/** The failure is a text for the user. */
export function parseNightly(argv: readonly string[]): Result<NightlyOptions, string> {
  const options = {
    'strict-host': { type: 'boolean', default: false },
    baseline: { type: 'string', default: 'nightly' },
    out: { type: 'string', default: 'results' },
    detect: { type: 'string' },
    'accept-undecided': { type: 'boolean', default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { 'strict-host': strictHost, 'accept-undecided': acceptUndecided, baseline, out } = values;
    const problem = baselineNameProblem(baseline);
    if (problem !== undefined) return fail(problem);
    const detect = values.detect === undefined ? undefined : PERCENT.of(values.detect);
    if (values.detect !== undefined && detect === undefined)
      return fail(`--detect ${values.detect}: ${PERCENT.expected}`);
    const given = { strictHost, acceptUndecided, baseline, out, scenarios: positionals };
    return ok(detect === undefined ? given : { ...given, detect });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const WITH_KVM = 'topologies.yaml';
/** The seconds of a host without KVM swing too far to be compared from night to night. */
const WITHOUT_KVM = 'virtual.yaml';

/** What is measured when nothing is named. */
export interface Suite {
  readonly scenarios: readonly string[];
  /** What tells its baseline from that of the other suite: KVM may work in one night and not in the next. */
  readonly baselineSuffix: string;
  /** For the log: why this. */
  readonly why: string;
}

export function suiteFor({ works, why }: KvmAnswer): Suite {
  const name = works ? WITH_KVM : WITHOUT_KVM;
  const clock = works ? 'in real time' : 'in virtual time';
  return {
    scenarios: [relative(process.cwd(), join(projectRoot, 'scenarios', name))],
    baselineSuffix: works ? '' : '-virtual',
    why: `measuring scenarios/${name}, ${clock}: ${why}`,
  };
}
