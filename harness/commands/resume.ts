import { join } from 'node:path';
import { bootFacts } from '../findings/boot-facts.ts';
import type { HostFingerprint } from '../host/fingerprint.ts';
import { openAdaptiveRule } from '../plan/adaptive.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { type BootsOnDisk, keepOnly, readBoots } from '../record/boots-on-disk.ts';
import { differences } from '../record/differences.ts';
import type { RunDirectory } from '../record/run-directory.ts';
import { claimRun } from '../record/run-directory.ts';
import { hostJson, variantJson } from '../record/run-json.ts';
import type { RunFacts } from '../record/run-state.ts';
import { bootReport } from '../record/run-state.ts';
import { readStoredJson, unreadText } from '../record/stored-json.ts';
import { type PlanAgain, planAgain, readStoredPlan, type StoredPlan } from '../record/stored-plan.ts';
import { SUMMARY_FILE } from '../record/summary-file.ts';
import { fail, ok, type Result } from '../result.ts';
import { writeQmpLog } from '../run/perform-boot.ts';
import type { EarlierBoots } from '../run/run.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { toolVersion } from '../tool-version.ts';

/** A stopped run that is to be gone on with. */
export interface StoppedRun {
  readonly stored: StoredPlan;
  readonly plan: PlanAgain;
  readonly found: BootsOnDisk;
}

/** Reads a run directory and compares it with its plan. Nothing is changed; the failure is a text for the user. */
export async function openStoppedRun(
  directory: string,
  { force }: { readonly force: boolean },
): Promise<Result<StoppedRun, string>> {
  const stored = await readStoredPlan(directory);
  if (!stored.ok) return stored;
  const claimed = await claimRun(stored.value.directory);
  if (!claimed.ok) return claimed;
  const plan = planAgain(stored.value, toolVersion());
  if (!plan.ok) return plan;
  if (plan.value.hash !== stored.value.plan.hash && !force) {
    const { version } = stored.value.tool;
    return fail(
      `${directory}: its plan is no longer the same (${stored.value.plan.hash}, now ${plan.value.hash}): it was made by ` +
        `hotplug-bench ${version}, this is ${toolVersion()}, or its run.json has been changed. Start it anew, or add --force.`,
    );
  }
  const found = await readBoots(stored.value.directory, plan.value.boots);
  if (!found.ok) return found;
  return ok({ stored: stored.value, plan: plan.value, found: found.value });
}

/** Whether there is nothing to do, not even a last file to write. */
export function isFinished({ stored, found }: StoppedRun): boolean {
  if (stored.status === 'partial' || found.others.length > 0) return false;
  const isDue = openAdaptiveRule(samplesOf(found.whole.map(({ recording }) => recording)));
  return !found.left.some(isDue);
}

/** Why samples from now on could not stand beside those that are there; undefined when they can. */
export function whyNotComparable(
  { stored }: StoppedRun,
  host: HostFingerprint,
  commit: string,
  ready: readonly ReadyVariant[],
): string | undefined {
  const variants = ready.map(variantJson);
  const present = { ...stored, host: hostJson(host), tool: { ...stored.tool, commit }, variants };
  const found = differences(stored, present, 'resume');
  if (found.length === 0) return undefined;
  return [
    `${stored.directory}: what it was run on is no longer the same:`,
    ...found.map(({ what, one, other }) => `  ${what}: ${one}, now ${other}`),
    'Go on with it where it was begun, start it anew, or add --force to mix them.',
  ].join('\n');
}

/** Removes what is not whole, and gives the rest as if it had just been measured. */
export async function keepWholeBoots({ stored, found: { whole } }: StoppedRun): Promise<EarlierBoots> {
  await keepOnly(stored.directory, whole);
  const listed = new Set(stored.boots.map(({ name }) => name));
  for (const { name, recording } of whole) {
    // The log of a boot is written after its recording and before it is listed.
    if (!listed.has(name)) await writeQmpLog(join(stored.directory, 'logs', name, 'qmp.jsonl'), recording.events);
  }
  return {
    boots: whole.map(({ name, recording: { header, events } }) => bootReport(name, header, events)),
    samples: samplesOf(whole.map(({ recording }) => recording)),
    seen: whole.map(({ recording: { header, events } }) => bootFacts(header, events)),
  };
}

/** The facts that stay as they were when the run was begun, and that it has been gone on with. */
export function factsOfStoppedRun(
  { stored }: StoppedRun,
  now: Date,
  commandLine: readonly string[],
  host: HostFingerprint,
): Pick<RunFacts, 'tool' | 'commandLine' | 'startedAt' | 'continues'> {
  const isKnown = stored.hosts.some((one) => one.hostname === host.hostname);
  return {
    tool: stored.tool,
    commandLine: stored.command_line,
    startedAt: new Date(stored.started_at),
    continues: {
      workingDirectory: stored.working_directory,
      host: stored.host,
      hosts: isKnown ? stored.hosts : [...stored.hosts, hostJson(host)],
      restarts: [...stored.resumed, { started_at: now.toISOString(), command_line: [...commandLine] }],
    },
  };
}

export function pathOf({ stored }: StoppedRun): RunDirectory {
  return { path: stored.directory, runId: stored.run_id };
}

/** What is said of a run that needs nothing; as JSON, what it said when it ended. */
export async function finishedText(
  { stored, plan, found }: StoppedRun,
  { json }: { readonly json: boolean },
): Promise<Result<string, string>> {
  const { directory, seed } = stored;
  if (!json)
    return ok(`all ${plan.boots.length - found.left.length} boots are there, nothing was started: ${directory}`);
  const summary = readStoredJson(directory, SUMMARY_FILE);
  if (!summary.ok) return fail(unreadText(directory, SUMMARY_FILE, summary.failure));
  return ok(JSON.stringify({ ...(summary.value as object), directory, seed }, null, 2));
}
