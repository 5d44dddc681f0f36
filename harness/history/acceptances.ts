import { listBaselines } from './baselines.ts';
import type { Acceptance } from './history-of.ts';
import { readRunFile } from './stored-files.ts';

/** What the baselines below a folder of run directories accept. One that cannot be read accepts nothing. */
export function readAcceptances(root: string): readonly Acceptance[] {
  return listBaselines(root).flatMap(({ name, directory }) => {
    const run = readRunFile(directory);
    if (!run.ok) return [];
    const { host, variants, started_at: startedAt } = run.value;
    const scenarios = [...new Set(variants.map(({ scenario }) => scenario))];
    return [{ baseline: name, host: host.hostname, scenarios, startedAt: new Date(startedAt) }];
  });
}
