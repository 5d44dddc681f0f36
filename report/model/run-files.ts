import { CLIENT_POLICIES, type ClientView, clientViews } from '../../harness/findings/client-policies.ts';
import { type WaysOfMachine, waysOf } from '../../harness/findings/ways.ts';
import { FACTS_FILE, type FactsFile, readFacts } from '../../harness/record/facts-json.ts';
import { noRunText, type RunFile, readRunFile, type StoredVariant } from '../../harness/record/run-file.ts';
import { readSampleRows } from '../../harness/record/samples-csv.ts';
import { type Unreadable, unreadText } from '../../harness/record/stored-json.ts';
import { readSummary, SUMMARY_FILE, type SummaryFile } from '../../harness/record/summary-file.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import { timesOf } from '../../harness/statistics/deadline.ts';
import { type NamedSample, namedSample } from './sample-row.ts';

/** The files of a run directory that a report is made from. */
export interface RunFiles {
  readonly directory: string;
  readonly run: RunFile;
  readonly summary: SummaryFile;
  readonly facts: FactsFile;
  readonly samples: readonly NamedSample[];
  /** What users of clients that wait only so long would have seen. */
  readonly clientViews: readonly ClientView[];
  /** Ways of giving the same devices to the same machine. */
  readonly ways: readonly WaysOfMachine[];
  /** Files that are not there or not as they should be, and what the report lacks for it. */
  readonly missing: readonly string[];
}

/**
 * Reads them. Without a `run.json`, or with samples that cannot be believed, there is nothing to report; any other file that is
 * missing leaves a gap. The failure names the directory.
 */
export function readRunFiles(directory: string): Result<RunFiles, string> {
  const run = readRunFile(directory);
  if (!run.ok) return fail(noRunText(directory, run.failure));
  const samples = readSampleRows(directory, run.value);
  if (!samples.ok) return fail(`${directory}: ${samples.failure}`);
  const missing: string[] = [];
  const orElse = <Value>(name: string, read: Result<Value, Unreadable>, otherwise: Value) => {
    if (read.ok) return read.value;
    missing.push(unreadText(directory, name, read.failure));
    return otherwise;
  };
  const nothing = { operations: [], fits: [], bursts: [], races: [], versions: [], comparisons: [] };
  return ok({
    directory,
    run: run.value,
    summary: orElse(SUMMARY_FILE, readSummary(directory), nothing),
    facts: orElse(FACTS_FILE, readFacts(directory), { variants: [] }),
    samples: samples.value.map(namedSample),
    clientViews: clientViews(CLIENT_POLICIES, run.value.variants.map(limitsOf), samples.value),
    ways: waysOf(run.value.variants.map(machineOf), samples.value, run.value.boots.map(memoryOf)),
    missing,
  });
}

function machineOf({ scenario, name, topology, topology_options: topologyOptions }: StoredVariant) {
  return { scenario, name, topology, topologyOptions };
}

function memoryOf({ scenario, variant, boot, qemu_resident_mib: residentMiB }: RunFile['boots'][number]) {
  return { scenario, variant, boot, residentMiB };
}

function limitsOf({ scenario, name, timeouts_ms: timeouts }: StoredVariant) {
  return { scenario, name, deadlines: {}, ...(timeouts && { timeouts: timesOf(timeouts) }) };
}
