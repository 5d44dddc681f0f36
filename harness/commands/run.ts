import { access, constants, mkdir } from 'node:fs/promises';
import type { Setup } from '../cli.ts';
import type { RunFlags } from '../cli-flags.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hostFingerprint } from '../host/fingerprint.ts';
import { cleanLeftovers, type Leftover } from '../qemu/leftovers.ts';
import { openRegistry, type ProcessRegistry } from '../qemu/process-registry.ts';
import { makeReady } from '../run/make-ready.ts';
import { type FinishedRun, performRun } from '../run/run.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/variant.ts';
import { toolCommit, toolVersion } from '../tool-version.ts';
import { chooseVariants } from './choose-variants.ts';
import { describeScenarios } from './describe-variants.ts';
import { planLines } from './dry-run.ts';
import { cannotWrite, explain } from './failure.ts';
import { listenForInterrupts, unlessInterrupted, withUncaught } from './interruption.ts';
import { runJson, runLines } from './print-run.ts';
import { openProgress, type ProgressView } from './progress.ts';
import { findQemu, QEMU } from './qemu-binary.ts';
import { wantsColour } from './terminal.ts';

/** `bench run`: scenario files in, a run directory and a table out. */
export async function runCommand(
  files: readonly string[],
  flags: RunFlags,
  argv: readonly string[],
  setup: Setup,
): Promise<ExitCode> {
  const loaded = await loadScenarioFiles(files);
  if (!loaded.ok) return complain(loaded.failure.map(formatProblem).join('\n'), EXIT.usage);
  const chosen = chooseVariants(loaded.value, flags);
  if (!chosen.ok) return complain(chosen.failure, EXIT.usage);

  const host = await setup.ensureHost();
  if (!host.ok) return complain(host.message, EXIT.hostUnable);
  const qemu = findQemu();
  if (!qemu) return complain(`${QEMU} is not in PATH. "bench doctor" says how to get it.`, EXIT.hostUnable);
  // Before the guest is fetched or built, which can take minutes.
  const unusable = flags.dryRun ? undefined : await makeResultsRoot(flags.out);
  if (unusable !== undefined) return complain(unusable, EXIT.hostUnable);

  const progress = openProgress();
  const stop = listenForInterrupts(() => progress.note('interrupted, ending what was started'));
  for (const leftover of await cleanLeftovers()) process.stderr.write(`${describeLeftover(leftover)}\n`);
  const opened = await openRegistry();
  if (!opened.ok) return complain(opened.failure.message, EXIT.hostUnable);
  const registry = opened.value;
  const code = await carryOut({ scenarios: chosen.value, flags, argv, qemu, registry, progress, stop }).finally(
    async () => {
      progress.close();
      for (const { pid, command } of await registry.close()) {
        process.stderr.write(`defect: ${command} (process ${pid}) outlived its boot and had to be killed\n`);
      }
    },
  );
  // A download or a build may still go on: its tools end with this process.
  if (code === EXIT.interrupted) process.exit(code);
  return code;
}

interface Job {
  readonly scenarios: readonly Scenario[];
  readonly flags: RunFlags;
  readonly argv: readonly string[];
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  readonly progress: ProgressView;
  readonly stop: AbortController;
}

async function carryOut(job: Job): Promise<ExitCode> {
  try {
    return await withUncaught(prepareAndRun(job), job.stop);
  } catch (error) {
    job.progress.close();
    const { message, code } = explain(error, job.flags.out);
    return complain(message, code);
  }
}

async function prepareAndRun({ scenarios, flags, argv, qemu, registry, progress, stop }: Job): Promise<ExitCode> {
  const variants = scenarios.flatMap((scenario) => scenario.variants);
  const context = { qemu, registry, signal: stop.signal, dryRun: flags.dryRun ?? false, report: progress.note };
  const ready = await unlessInterrupted(makeReady(variants, context), stop.signal);
  progress.close();
  if (ready === undefined || stop.signal.aborted) return complain('nothing was measured', EXIT.interrupted);
  if (!ready.ok) return complain(ready.failure, EXIT.hostUnable);

  const seed = flags.seed ?? Date.now() % 2 ** 31;
  if (flags.dryRun) {
    print([...describeScenarios(scenarios), '', ...planLines(qemu, ready.value, seed)].join('\n'));
    return EXIT.ok;
  }
  const finished = await performRun({
    facts: {
      tool: { version: toolVersion(), commit: await toolCommit() },
      commandLine: argv,
      startedAt: new Date(),
      host: await hostFingerprint(qemu),
      scenarios,
    },
    ready: ready.value,
    seed,
    qemu,
    registry,
    resultsRoot: flags.out,
    name: scenarios.length === 1 && scenarios[0] ? scenarios[0].name : 'suite',
    signal: stop.signal,
    onProgress: progress.update,
  });
  progress.close();
  print(
    flags.json
      ? runJson(finished, seed)
      : runLines(finished, ready.value, seed, wantsColour(process.stdout)).join('\n'),
  );
  return exitCodeOf(finished);
}

/** Makes the folder for run directories and says why it cannot be used, if so. */
async function makeResultsRoot(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return cannotWrite(path, (error as Error).message);
  }
}

function describeLeftover(leftover: Leftover): string {
  if (leftover.kind === 'unreadable-record') {
    return `removed an unreadable record of an earlier run, ${leftover.path}: ${leftover.reason}`;
  }
  const { command, pid, killed } = leftover;
  return `an earlier run left ${command} behind (process ${pid}): ${killed ? 'ended it' : 'it could not be ended'}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(message: string, code: ExitCode): ExitCode {
  process.stderr.write(`${message}\n`);
  return code;
}

function exitCodeOf({ samples, interrupted }: FinishedRun): ExitCode {
  if (interrupted) return EXIT.interrupted;
  return samples.some(({ outcome }) => outcome !== 'ok') ? EXIT.samplesFailed : EXIT.ok;
}
