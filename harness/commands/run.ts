import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runComparisonLines } from '../../report/terminal/run-comparison.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { BaseRuns } from '../history/compare-runs.ts';
import { hostFingerprint } from '../host/fingerprint.ts';
import { findQemu, QEMU, type Setup } from '../host/requirements.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { unavailableLines } from '../plan/ready-variant.ts';
import type { PlannedBoot } from '../plan/schedule.ts';
import { cleanLeftovers, type Leftover } from '../qemu/leftovers.ts';
import { openRegistry, type ProcessRegistry } from '../qemu/process-registry.ts';
import type { RunComparison } from '../record/comparison-file.ts';

import { claimRun, createRunDirectory, REPORT_FILE, type RunDirectory, runName } from '../record/run-directory.ts';
import { ok, type Result } from '../result.ts';

import { type Lane, lanesFor } from '../run/lanes.ts';
import { makeReady, type Readiness } from '../run/ready/make-ready.ts';
import { type FinishedRun, NO_EARLIER_BOOTS, performRun } from '../run/run.ts';
import { removeAbandonedGuests } from '../run/saved-guests.ts';
import type { TwoSides } from '../scenario/two-sides.ts';
import { toolCommit, toolVersion } from '../tool-version.ts';
import type { Scenario } from '../variant.ts';
import type { KernelChoice } from '../versions/guest-kernel.ts';
import {
  compareFinished,
  compareFinishedSides,
  planBaseline,
  saveAsBaseline,
  whyNothingComparable,
} from './baseline.ts';
import { describeScenarios } from './describe-variants.ts';
import { explain } from './failure.ts';
import type { RunFlags } from './flags.ts';
import { listenForInterrupts, listenForUncaught, type Uncaught, unlessInterrupted } from './interruption.ts';
import { acceleratorLines, disturbanceLines, lookAtHost } from './look-at-host.ts';
import { complain, print, say, wantsColour } from './output.ts';
import { type PlannedRun, planNewRun, planRestOf } from './planned-run.ts';
import { planLines, resumeLine, runJson, runLines } from './print-run.ts';
import { openProgress, type ProgressView } from './progress.ts';
import { makeResultsRoot } from './results-root.ts';
import { factsOfStoppedRun, finishedText, isFinished, keepWholeBoots, pathOf, whyNotComparable } from './resume.ts';
import { exitCodeOf } from './run-exit-code.ts';

/** `bench run`: scenario files in, or a run that was stopped; a run directory and a table out. With `sides` each variant twice. */
export async function runCommand(
  files: readonly string[],
  flags: RunFlags,
  argv: readonly string[],
  setup: Setup,
  sides?: TwoSides,
): Promise<ExitCode> {
  const planned = await (flags.resume === undefined
    ? planNewRun(files, flags, sides)
    : planRestOf(flags.resume, flags));
  if (!planned.ok) return complain(planned.failure, EXIT.usage);
  const plannedRun = planned.value;
  const { stopped, scenarios } = plannedRun;
  if (stopped && isFinished(stopped)) {
    if (flags.baseline !== undefined || flags.saveBaseline !== undefined)
      return complain(`${flags.resume}: nothing is left to do; "compare" compares it`, EXIT.usage);
    const finished = await finishedText(stopped, { json: flags.json ?? false });
    if (!finished.ok) return complain(finished.failure, EXIT.usage);
    print(finished.value);
    // Its start may have been killed while it wrote the page, the last of its files.
    if (!existsSync(join(pathOf(stopped).path, REPORT_FILE))) await report(pathOf(stopped).path);
    return stopped.stored.status === 'failed' ? EXIT.samplesFailed : EXIT.ok;
  }
  const root = stopped ? dirname(pathOf(stopped).path) : flags.out;
  const baseline = await planBaseline(flags, root);
  if (!baseline.ok) return complain(baseline.failure.message, baseline.failure.code);
  const lanes = lanesFor(plannedRun.jobs, { force: flags.force ?? false });
  if (!lanes.ok) return complain(lanes.failure, EXIT.usage);

  const host = await setup.ensureHost({ kernelBuild: needsKernelBuild(scenarios) });
  if (!host.ok) return complain(host.message, EXIT.hostUnable);
  const qemu = findQemu();
  if (!qemu) return complain(`${QEMU} is not in PATH. "bench doctor" says how to get it.`, EXIT.hostUnable);
  // Before the guest is fetched or built, which can take minutes.
  const made = flags.dryRun || stopped ? ok(undefined) : await makeResultsRoot(flags.out);
  if (!made.ok) return complain(made.failure, EXIT.hostUnable);
  if (baseline.value.note !== undefined) say(baseline.value.note);

  const progress = openProgress();
  const stop = listenForInterrupts(() => progress.note('interrupted, ending what was started'));
  for (const leftover of await cleanLeftovers()) say(describeLeftover(leftover));
  await removeAbandonedGuests(root);
  const opened = await openRegistry();
  if (!opened.ok) return complain(opened.failure.message, EXIT.hostUnable);
  const uncaught = listenForUncaught();
  const { base } = baseline.value;
  const hasSides = sides !== undefined;
  const job = {
    plannedRun,
    lanes: lanes.value,
    base,
    hasSides,
    flags,
    argv,
    qemu,
    registry: opened.value,
    progress,
    stop,
  };
  const code = await carryOut(job, uncaught);
  uncaught.stopListening();
  return code;
}

interface Job {
  readonly plannedRun: PlannedRun;
  readonly lanes: readonly Lane[];
  /** What the run is compared with when it has ended. */
  readonly base: BaseRuns | undefined;
  /** Whether each of its variants is there twice, to be compared with itself. */
  readonly hasSides: boolean;
  readonly flags: RunFlags;
  readonly argv: readonly string[];
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  readonly progress: ProgressView;
  readonly stop: AbortController;
}

/** Does the job and cleans up after it, whatever happens. Does not return when something may still go on. */
async function carryOut(job: Job, uncaught: Uncaught): Promise<ExitCode> {
  const { registry, progress, stop, flags } = job;
  const work = prepareAndRun(job);
  try {
    const code = await Promise.race([work, uncaught.first]);
    const survivors = await registry.close();
    for (const { pid, command } of survivors) {
      complain(`defect: ${command} (process ${pid}) outlived its boot and had to be killed`, code);
    }
    // A download or a build may still go on after an interrupt: its tools end with this process.
    if (code === EXIT.interrupted) process.exit(code);
    return code;
  } catch (error) {
    progress.close();
    const { message, code } = explain(error, job.plannedRun.stopped?.stored.directory ?? flags.out);
    complain(message, code);
    // What is under way was not measured to its end: it counts as aborted, not as a QEMU that crashed.
    stop.abort();
    await registry.close();
    process.exit(code);
  }
}

async function prepareAndRun(job: Job): Promise<ExitCode> {
  const { plannedRun, flags, qemu, registry, progress, stop } = job;
  const variants = plannedRun.scenarios.flatMap((scenario) => scenario.variants);
  const context = { qemu, registry, signal: stop.signal, dryRun: flags.dryRun ?? false, report: progress.note };
  const ready = await unlessInterrupted(makeReady(variants, context), stop.signal);
  progress.close();
  if (ready === undefined || stop.signal.aborted) return complain('nothing was measured', EXIT.interrupted);
  if (!ready.ok)
    return complain(ready.failure.message, ready.failure.blame === 'scenario' ? EXIT.usage : EXIT.hostUnable);
  if (flags.dryRun) {
    const { scenarios, boots, seed } = plannedRun;
    const { ready: those, unavailable } = ready.value;
    print([...describeScenarios(scenarios), '', ...planLines(those, possible(boots, those), seed)].join('\n'));
    for (const line of unavailableLines(unavailable)) say(line);
    return EXIT.ok;
  }
  return measure(job, ready.value);
}

/** Of the boots, those of variants that can be run. */
function possible(boots: readonly PlannedBoot[], ready: readonly ReadyVariant[]): readonly PlannedBoot[] {
  const variants = new Set(ready.map(({ variant }) => variant));
  return boots.filter(({ variant }) => variants.has(variant));
}

async function measure(job: Job, { ready, unavailable }: Readiness): Promise<ExitCode> {
  const { plannedRun, lanes, base, hasSides, flags, argv, qemu, registry, progress, stop } = job;
  const { scenarios, seed, plan, boots, jobs, stopped } = plannedRun;
  const now = new Date();
  const host = await hostFingerprint(qemu);
  const commit = await toolCommit();
  const reason = stopped && !flags.force ? whyNotComparable(stopped, host, commit, ready) : undefined;
  if (reason !== undefined) return complain(reason, EXIT.usage);
  const obstacle = base && !flags.force ? whyNothingComparable(base, host, ready, jobs) : undefined;
  if (obstacle !== undefined) {
    if (flags.requireBaseline) return complain(`${obstacle}. Nothing was measured.`, EXIT.noBaseline);
    say(`nothing will be compared: ${obstacle}`);
  }

  const looked = lookAtHost(ready, flags);
  if (!looked.ok) return complain(looked.failure, EXIT.hostUnable);
  const noise = [...(stopped?.stored.noise ?? []), ...looked.value];

  // Said before the run as well: it may take an hour, and what is missing could be mended.
  for (const line of [...unavailableLines(unavailable), ...acceleratorLines(ready)]) say(line);
  const tool = { version: toolVersion(), commit };
  const facts = { tool, commandLine: argv, startedAt: now, host, noise, scenarios, jobs };
  const { directory, continued } = stopped
    ? { directory: pathOf(stopped), continued: factsOfStoppedRun(stopped, now, argv, host) }
    : { directory: await newDirectory(flags.out, scenarios, now), continued: {} };
  const finished = await performRun({
    facts: { ...facts, ...continued, unavailable },
    ready,
    seed,
    plan,
    boots: possible(boots, ready),
    earlier: stopped ? await keepWholeBoots(stopped) : NO_EARLIER_BOOTS,
    registry,
    directory,
    lanes,
    signal: stop.signal,
    onProgress: progress.update,
  });
  progress.close();
  const compared = finished.interrupted ? undefined : await comparedAfter(finished, base, hasSides, flags);
  const comparison = compared?.ok ? compared.value : undefined;
  const colour = wantsColour(process.stdout);
  if (flags.json) print(runJson(finished, seed, comparison));
  else {
    const before = disturbanceLines(finished.directory);
    print([...before, ...runLines(finished, ready, seed, colour), ...comparedLines(comparison, colour)].join('\n'));
  }
  if (compared?.ok === false) say(compared.failure);
  if (flags.json && finished.interrupted) complain(resumeLine(finished.directory), EXIT.interrupted);
  await report(finished.directory);
  if (flags.saveBaseline !== undefined) say(await saveAsBaseline(finished, flags.saveBaseline, flags));
  return exitCodeOf(finished, comparison, flags);
}

async function comparedAfter(
  finished: FinishedRun,
  base: BaseRuns | undefined,
  hasSides: boolean,
  flags: RunFlags,
): Promise<Result<RunComparison, string> | undefined> {
  if (hasSides) return compareFinishedSides(finished, flags);
  return base && compareFinished(finished, base, flags);
}

function comparedLines(comparison: RunComparison | undefined, colour: boolean): readonly string[] {
  return comparison ? runComparisonLines(comparison, colour) : [];
}

/** The page for readers. Loaded when it is needed, since drawing takes a large library; it never makes a run fail. */
async function report(directory: string): Promise<void> {
  const { writeReport } = await import('../../report/html/write-report.ts');
  const written = await writeReport(directory);
  if (!written.ok) say(`warning: no report: ${written.failure}`);
}

async function newDirectory(root: string, scenarios: readonly Scenario[], now: Date): Promise<RunDirectory> {
  const directory = await createRunDirectory(root, runName(scenarios), now);
  const claimed = await claimRun(await realpath(directory.path));
  if (!claimed.ok) throw new Error(claimed.failure);
  return directory;
}

/** Only our own kernels are built, with packages that a host needs for nothing else. */
function needsKernelBuild(scenarios: readonly Scenario[]): boolean {
  const built: readonly KernelChoice['source'][] = ['patched', 'unpatched'];
  return scenarios.some(({ variants }) => variants.some(({ guest }) => built.includes(guest.kernel.source)));
}

function describeLeftover(leftover: Leftover): string {
  if (leftover.kind === 'unreadable-record') {
    return `removed an unreadable record of an earlier run, ${leftover.path}: ${leftover.reason}`;
  }
  const { command, pid, killed } = leftover;
  return `an earlier run left ${command} behind (process ${pid}): ${killed ? 'ended it' : 'it could not be ended'}`;
}
