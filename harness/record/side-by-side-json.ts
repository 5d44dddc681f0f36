import type { SideBySide } from '../statistics/side-by-side.ts';

/** What `summary.json` says of machines that ran side by side. */
export function sideBySideJson(found: readonly SideBySide[]) {
  return found.map(({ scenario, operation, jobs, verdict, ratio, pValue, variants }) => ({
    scenario,
    operation,
    jobs,
    verdict,
    ratio,
    p_value: pValue,
    variants: variants.map((one) => ({
      variant: one.variant,
      n_boots_alone: one.bootsAlone,
      n_boots_side_by_side: one.bootsSideBySide,
      ratio: one.ratio,
    })),
  }));
}
