import { fail, ok, type Result } from '../result.ts';
import type { Sample } from '../vocabulary.ts';
import { prepareSelfRun, type SelfContext } from './self-run.ts';

/** CPU time of the harness, user and system, in milliseconds. */
export interface HarnessCost {
  /** All of the run, divided by its operations. */
  readonly meanMs: number;
  /** Of each operation, from the end of the one before it; the boot is the first. */
  readonly eachMs: readonly number[];
  /** What the run measured. */
  readonly samples: readonly Sample[];
  readonly accelerator: string;
  readonly kernel: string;
}

/**
 * What a run costs the harness per operation, by `process.cpuUsage` of this process around a run of one boot.
 *
 * In it: everything this process does from the run directory's making to the last file's writing, in all its threads:
 * starting and ending QEMU, both protocols, the echoes, the journal, judging, recordings, samples, garbage collection,
 * compilation of JavaScript, and the kernel's share of all that. Not in it: QEMU, which is another process; waiting, which
 * takes no CPU; and the start of Node, scenario loading and the guest's preparation, which happen once a run.
 */
export async function measureHarnessCost(context: SelfContext): Promise<Result<HarnessCost, string>> {
  const readings: number[] = [];
  const prepared = await prepareSelfRun('cost', context.qemu, context, (progress) => {
    if (progress.kind === 'sample') readings.push(cpuMs());
  });
  if (!prepared.ok) return prepared;
  const { perform, accelerator, kernel } = prepared.value;
  const beforeMs = cpuMs();
  const { samples } = await perform();
  const totalMs = cpuMs() - beforeMs;
  const failed = samples.find(({ outcome }) => outcome !== 'ok');
  if (failed)
    return fail(`cost run: ${failed.operation} in cycle ${failed.cycle}: ${failed.outcome}: ${failed.detail}`);
  const eachMs = readings.map((reading, index) => reading - (readings[index - 1] ?? beforeMs));
  return ok({ samples, meanMs: totalMs / samples.length, eachMs, accelerator, kernel });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}
