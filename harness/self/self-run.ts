import { join } from 'node:path';
import { hostFingerprint } from '../host/fingerprint.ts';
import { planOf } from '../plan/plan.ts';
import { projectRoot } from '../project-root.ts';
import type { ProcessRegistry } from '../qemu/process-registry.ts';
import { createRunDirectory } from '../record/run-directory.ts';
import { fail, ok, type Result } from '../result.ts';
import { ALONE } from '../run/lanes.ts';
import type { Progress } from '../run/perform-plan.ts';
import { makeReady } from '../run/ready/make-ready.ts';
import { type FinishedRun, NO_EARLIER_BOOTS, performRun } from '../run/run.ts';
import { loadScenarioFiles } from '../scenario/load.ts';
import { problemsText } from '../scenario/yaml/problem.ts';

/** What every part of the benchmark that runs guests needs. */
export interface SelfContext {
  /** The real QEMU binary. */
  readonly qemu: string;
  readonly registry: ProcessRegistry;
  /** A temporary folder for run directories and other files. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Says on the terminal what is going on. */
  readonly note: (text: string) => void;
}

/** One of the benchmark's own scenarios, beside this module in the checkout. */
export function ownScenario(name: 'cost' | 'observed'): string {
  return join(projectRoot, 'harness', 'self', `${name}.yaml`);
}

/** A run that has been made ready: `perform` does nothing but what `bench run` does to measure. */
export interface SelfRun {
  readonly accelerator: string;
  readonly kernel: string;
  readonly perform: () => Promise<FinishedRun>;
}

/** Prepares one of the benchmark's own scenarios. `qemu`: what the run takes for QEMU. The failure is for the user. */
export async function prepareSelfRun(
  name: 'cost' | 'observed',
  qemu: string,
  context: SelfContext,
  onProgress: (progress: Progress) => void,
): Promise<Result<SelfRun, string>> {
  const loaded = await loadScenarioFiles([ownScenario(name)]);
  if (!loaded.ok) return fail(problemsText(loaded.failure));
  const scenarios = loaded.value;
  const variants = scenarios.flatMap((scenario) => scenario.variants);
  const ready = await makeReady(variants, { ...context, dryRun: false, report: context.note });
  if (!ready.ok) return fail(ready.failure.message);
  const host = await hostFingerprint(context.qemu);
  const facts = { tool: { version: 'self', commit: 'self' }, commandLine: [], startedAt: new Date(), host, scenarios };
  const [first] = ready.value.ready;
  return ok({
    accelerator: first ? `${first.accelerator.used} (${first.accelerator.why})` : '',
    kernel: first?.guest.description ?? '',
    perform: async () => {
      const seed = 1;
      const { facts: plan, boots } = planOf(ready.value.ready, { scenarios, choices: {}, seed, toolVersion: 'self' });
      return performRun({
        ...{ facts, ready: ready.value.ready.map((one) => ({ ...one, qemu })), seed, plan, boots },
        ...{ earlier: NO_EARLIER_BOOTS, lanes: [ALONE], registry: context.registry },
        directory: await createRunDirectory(context.scratch, `self-${name}`, facts.startedAt),
        ...{ signal: context.signal, onProgress },
      });
    },
  });
}
