import { realpathSync } from 'node:fs';
import { left, textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Baseline, hostKey, listBaselines } from '../history/baselines.ts';
import { readFinishedRun } from '../history/finished-run.ts';
import { hostIdentity } from '../host/fingerprint.ts';
import type { BaselinesFlags } from './flags.ts';
import { print } from './output.ts';

/** `bench baselines [DIR]`: what runs can be compared with, on which host. */
export async function baselinesCommand(root: string, { json = false }: BaselinesFlags): Promise<ExitCode> {
  const here = hostKey(hostIdentity());
  const baselines = listBaselines(root).map(described);
  if (json) {
    print(
      JSON.stringify(
        baselines.map((one) => ({ ...one, this_host: one.host_key === here })),
        null,
        2,
      ),
    );
    return EXIT.ok;
  }
  if (baselines.length === 0) {
    print(`there are no baselines in ${root}; "run --save-baseline <name>" makes one`);
    return EXIT.ok;
  }
  const headings = ['name', 'host', 'run', 'started', 'variants', 'remark'];
  const rows = baselines.map((one) => [
    one.name,
    one.host_key === here ? `${one.host_key} (this one)` : one.host_key,
    one.run_id ?? '',
    one.started_at ?? '',
    one.variants?.join(', ') ?? '',
    one.unusable ?? '',
  ]);
  print(textTable(headings.map(left), rows).join('\n'));
  return EXIT.ok;
}

/** Keys as in the files of a run directory. */
interface Described {
  readonly name: string;
  readonly host_key: string;
  readonly directory: string;
  readonly run_id?: string;
  readonly started_at?: string;
  readonly variants?: readonly string[];
  /** Why nothing can be compared with it. */
  readonly unusable?: string;
}

function described({ name, hostKey: key, directory }: Baseline): Described {
  const shared = { name, host_key: key, directory: pathOf(directory) };
  const run = readFinishedRun(directory);
  if (!run.ok) return { ...shared, unusable: run.failure };
  const { run_id, started_at, variants } = run.value;
  return { ...shared, run_id, started_at, variants: variants.map((one) => `${one.scenario}/${one.name}`) };
}

/** A baseline may be a link to a run, and one that leads nowhere has no other path. */
function pathOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
