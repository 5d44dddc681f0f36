import { designLines } from '../../report/terminal/design.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { designOf } from '../history/design.ts';
import { spreadsIn } from '../history/learnt-spread.ts';
import { hostIdentity } from '../host/fingerprint.ts';
import type { Setup } from '../host/requirements.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { problemsText } from '../scenario/yaml/problem.ts';
import { DEFAULT_DETECT } from '../statistics/comparison.ts';
import type { CalibrateFlags } from './flags.ts';
import { complain, print, say } from './output.ts';
import { runCommand } from './run.ts';

/** One more than it takes to learn from them (`MIN_RUNS_TO_LEARN`): one may be spoilt. */
const CALIBRATING_RUNS = 6;

/**
 * `bench calibrate`: the same scenarios several times, and what that teaches of this host. The runs are ordinary ones: what
 * they show of how much runs differ is what later comparisons in this folder rest on.
 */
export async function calibrateCommand(
  files: readonly string[],
  { runs = CALIBRATING_RUNS, boots, out, detect = DEFAULT_DETECT }: CalibrateFlags,
  argv: readonly string[],
  setup: Setup,
): Promise<ExitCode> {
  const loaded = await loadScenarioFiles(files);
  if (!loaded.ok) return complain(problemsText(loaded.failure), EXIT.usage);
  const names = new Set(loaded.value.flatMap(({ variants }) => variants.map((one) => `${one.scenario}/${one.name}`)));
  let failed = false;
  for (let run = 1; run <= runs; run++) {
    say(`calibrating: run ${run} of ${runs}`);
    const code = await runCommand(files, { out, ...(boots !== undefined && { boots }) }, argv, setup);
    if (code !== EXIT.ok && code !== EXIT.samplesFailed) return code;
    failed ||= code === EXIT.samplesFailed;
  }
  const { spreads } = await spreadsIn({ root: out, host: hostIdentity().hostname });
  print(
    designLines(
      designOf(
        spreads.filter(({ metric }) => names.has(metric.scenario)),
        detect,
        boots,
      ),
    ).join('\n'),
  );
  return failed ? EXIT.samplesFailed : EXIT.ok;
}
