import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readBoots } from '../record/boots-on-disk.ts';
import { mergeParts, type Part, problemsOfParts } from '../record/parts.ts';
import { createRunDirectory, runName } from '../record/run-directory.ts';
import { checkSamples } from '../record/samples-csv.ts';
import { planAgain, readStoredPlan } from '../record/stored-plan.ts';
import { ok, type Result } from '../result.ts';
import { analyseCommand } from './analyse.ts';
import type { MergeFlags } from './flags.ts';
import { PROGRAM } from './help-text.ts';
import { complain, print, say } from './output.ts';
import { makeResultsRoot } from './results-root.ts';

/** `bench merge PART…`: the run directories of all shards of a plan in, one run directory out. The parts stay as they are. */
export async function mergeCommand(
  directories: readonly string[],
  flags: MergeFlags,
  argv: readonly string[],
): Promise<ExitCode> {
  const read = await Promise.all(directories.map(readPart));
  const parts = read.flatMap((part) => (part.ok ? [part.value] : []));
  const problems = [
    ...read.flatMap((part) => (part.ok ? [] : [part.failure])),
    ...problemsOfParts(parts, { mixedHosts: flags.mixedHosts ?? false, program: PROGRAM }),
  ];
  if (problems.length > 0) return complain([...problems, 'nothing was merged'].join('\n'), EXIT.usage);
  const root = await makeResultsRoot(flags.out);
  if (!root.ok) return complain(root.failure, EXIT.hostUnable);

  const inOrder = parts.toSorted((a, b) => indexOf(a) - indexOf(b));
  const scenarios = inOrder[0]?.stored.scenarios ?? [];
  const directory = await createRunDirectory(flags.out, runName(scenarios), new Date());
  const { samples, failed } = await mergeParts(inOrder, directory, argv);
  const analysed = await analyseCommand(directory.path);
  if (analysed !== EXIT.ok) return analysed;
  const { writeReport } = await import('../../report/html/write-report.ts');
  const report = await writeReport(directory.path);
  if (!report.ok) say(`warning: no report: ${report.failure}`);
  print(`\n${parts.length} parts, ${samples.length} samples; everything: ${directory.path}`);
  return failed ? EXIT.samplesFailed : EXIT.ok;
}

async function readPart(given: string): Promise<Result<Part, string>> {
  const stored = await readStoredPlan(given);
  if (!stored.ok) return stored;
  const plan = planAgain(stored.value, stored.value.tool.version);
  if (!plan.ok) return plan;
  const { boots, hash } = plan.value;
  const found = await readBoots(stored.value.directory, boots);
  if (!found.ok) return found;
  const samples = checkSamples(stored.value.directory, stored.value);
  return ok({ given, stored: stored.value, hash, boots: boots.length, found: found.value, samples });
}

function indexOf({ stored }: Part): number {
  return stored.plan.shard?.index ?? 0;
}
