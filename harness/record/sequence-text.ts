import type { StoredVariant } from './run-file.ts';

/** What is done, with what, and how long is waited; not where, which is the topology's, nor with which options. */
export function sequenceText({ boot_plugs: bootPlugs, steps }: StoredVariant): string {
  const during = Array.isArray(bootPlugs) ? bootPlugs.map((plug) => `${stepText(plug)} during the boot`) : [];
  return ['boot', ...during, ...stepTexts(steps)].join(', ');
}

/** Steps as another version may have stored them, so nothing is taken for granted. */
interface StoredStep {
  readonly operation?: unknown;
  readonly device?: unknown;
  readonly what?: unknown;
  readonly waitMs?: unknown;
  readonly until?: unknown;
  readonly guestCpus?: unknown;
  readonly hostCpus?: unknown;
  readonly steps?: unknown;
  readonly branches?: unknown;
}

function stepTexts(steps: unknown): readonly string[] {
  return Array.isArray(steps) ? steps.map(stepText) : [];
}

function stepText(step: StoredStep): string {
  const { operation, device, what, waitMs, until, guestCpus, hostCpus } = step;
  const load = guestCpus === undefined ? undefined : `guest ${guestCpus}, host ${hostCpus}`;
  const words = [operation, device, what, waitMs, until, load].filter((word) => word !== undefined).join(' ');
  const branches = Array.isArray(step.branches) ? step.branches.map((branch) => stepTexts(branch).join(', ')) : [];
  const below = [...stepTexts(step.steps), ...(branches.length > 0 ? [branches.join(' | ')] : [])];
  return below.length === 0 ? words : `${words} [${below.join(', ')}]`;
}
