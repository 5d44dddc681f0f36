import type { RunFlags } from '../cli-flags.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hostFingerprint } from '../host/fingerprint.ts';
import type { Setup } from '../host/setup.ts';
import { cleanLeftovers, type Leftover } from '../qemu/leftovers.ts';
import { openRegistry, type ProcessRegistry } from '../qemu/process-registry.ts';
import { ok } from '../result.ts';
import { makeReady } from '../run/make-ready.ts';
import { type FinishedRun, performRun } from '../run/run.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { formatProblem } from '../scenario/problem.ts';
import type { KernelChoice, Scenario } from '../scenario/variant.ts';
import { toolCommit, toolVersion } from '../tool-version.ts';
import { chooseVariants } from './choose-variants.ts';
import { describeScenarios } from './describe-variants.ts';
import { planLines } from './dry-run.ts';
import { explain } from './failure.ts';
import { listenForInterrupts, listenForUncaught, type Uncaught, unlessInterrupted } from './interruption.ts';
import { runJson, runLines } from './print-run.ts';
import { openProgress, type ProgressView } from './progress.ts';
import { findQemu, QEMU } from './qemu-binary.ts';
import { makeResultsRoot } from './results-root.ts';
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

  const host = await setup.ensureHost({ kernelBuild: needsKernelBuild(chosen.value) });
  if (!host.ok) return complain(host.message, EXIT.hostUnable);
  const qemu = findQemu();
  if (!qemu) return complain(`${QEMU} is not in PATH. "bench doctor" says how to get it.`, EXIT.hostUnable);
  // Before the guest is fetched or built, which can take minutes.
  const root = flags.dryRun ? ok(undefined) : await makeResultsRoot(flags.out);
  if (!root.ok) return complain(root.failure, EXIT.hostUnable);

  const progress = openProgress();
  const stop = listenForInterrupts(() => progress.note('interrupted, ending what was started'));
  for (const leftover of await cleanLeftovers()) process.stderr.write(`${describeLeftover(leftover)}\n`);
  const opened = await openRegistry();
  if (!opened.ok) return complain(opened.failure.message, EXIT.hostUnable);
  const uncaught = listenForUncaught();
  const job = { scenarios: chosen.value, flags, argv, qemu, registry: opened.value, progress, stop };
  const code = await carryOut(job, uncaught);
  uncaught.stopListening();
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
    const { message, code } = explain(error, flags.out);
    complain(message, code);
    // What is under way was not measured to its end: it counts as aborted, not as a QEMU that crashed.
    stop.abort();
    await registry.close();
    process.exit(code);
  }
}

async function prepareAndRun({ scenarios, flags, argv, qemu, registry, progress, stop }: Job): Promise<ExitCode> {
  const variants = scenarios.flatMap((scenario) => scenario.variants);
  const context = { qemu, registry, signal: stop.signal, dryRun: flags.dryRun ?? false, report: progress.note };
  const ready = await unlessInterrupted(makeReady(variants, context), stop.signal);
  progress.close();
  if (ready === undefined || stop.signal.aborted) return complain('nothing was measured', EXIT.interrupted);
  if (!ready.ok)
    return complain(ready.failure.message, ready.failure.blame === 'scenario' ? EXIT.usage : EXIT.hostUnable);

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
