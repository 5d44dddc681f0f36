import type { Acceptance } from './accepted-level.ts';
import { listBaselines } from './baselines.ts';
import { readFinishedRun } from './finished-run.ts';
import { identityOf } from './night.ts';

/** What the baselines below a folder of run directories accept. One that cannot be read accepts nothing. */
export function readAcceptances(root: string): readonly Acceptance[] {
  return listBaselines(root).flatMap(({ name, directory }) => {
    const run = readFinishedRun(directory);
    if (!run.ok) return [];
    const { host, variants, started_at: startedAt } = run.value;
    const accepted = variants.map((variant) => ({
      scenario: variant.scenario,
      variant: variant.name,
      ...identityOf(run.value, variant),
    }));
    return [{ baseline: name, host: host.hostname, variants: accepted, startedAt: new Date(startedAt) }];
  });
}
