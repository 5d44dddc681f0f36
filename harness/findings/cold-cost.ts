import { median } from 'simple-statistics';
import type { BootMode, Sample } from '../vocabulary.ts';
import type { BootFacts } from './boot-facts.ts';

/** What it costs to have a guest that is ready for its first plug, in milliseconds. */
export interface ColdCost {
  readonly scenario: string;
  readonly variant: string;
  readonly bootMode: BootMode;
  readonly boots: number;
  /** Medians: starting QEMU, and the boot or the restoring after it. */
  readonly qemuStartMs: number;
  readonly bootMs: number;
  /** Median of both together. */
  readonly totalMs: number;
}

/** For each variant that has both fresh boots and restored ones, or shares a scenario with such: what either costs. */
export function coldCosts(
  variants: readonly { readonly scenario: string; readonly name: string }[],
  samples: readonly Sample[],
  boots: readonly BootFacts[],
): readonly ColdCost[] {
  const costs = variants.flatMap(({ scenario, name }) =>
    (['fresh', 'snapshot'] as const).flatMap((bootMode) => {
      const good = samples.flatMap(({ operation, latencyMs, boot, ...sample }) => {
        const isOwn = sample.scenario === scenario && sample.variant === name && sample.bootMode === bootMode;
        const facts = boots.find((one) => one.scenario === scenario && one.variant === name && one.boot === boot);
        const isGood = isOwn && operation === 'boot' && latencyMs !== undefined && facts?.qemuStartMs !== undefined;
        return isGood ? [{ qemuStartMs: facts.qemuStartMs, bootMs: latencyMs }] : [];
      });
      if (good.length === 0) return [];
      const qemuStartMs = median(good.map((one) => one.qemuStartMs));
      const bootMs = median(good.map((one) => one.bootMs));
      const totalMs = median(good.map((one) => one.qemuStartMs + one.bootMs));
      return [{ scenario, variant: name, bootMode, boots: good.length, qemuStartMs, bootMs, totalMs }];
    }),
  );
  const compared = new Set(costs.flatMap(({ scenario, bootMode }) => (bootMode === 'snapshot' ? [scenario] : [])));
  return costs.filter(({ scenario }) => compared.has(scenario));
}
