import type { ColdCost } from '../../harness/findings/findings.ts';
import { formatMs, formatRatio } from '../format.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'boot', align: 'left' },
  { heading: 'boots', align: 'right' },
  { heading: 'QEMU ms', align: 'right' },
  { heading: 'boot ms', align: 'right' },
  { heading: 'together', align: 'right' },
];

/** What a guest that is ready costs, booted and restored, for a terminal, after an empty line. */
export function coldCostLines(costs: readonly ColdCost[]): readonly string[] {
  if (costs.length === 0) return [];
  const rows = costs.map(({ scenario, variant, bootMode, boots, qemuStartMs, bootMs, totalMs }) => [
    `${scenario}/${variant}`,
    bootMode,
    String(boots),
    formatMs(qemuStartMs),
    formatMs(bootMs),
    formatMs(totalMs),
  ]);
  return [
    '',
    'what a cold sample costs until its first plug, medians',
    '',
    ...textTable(COLUMNS, rows),
    ...ratioLines(costs),
  ];
}

/** Fresh against restored boots of the same variant; the boot that was saved is a fresh one. */
function ratioLines(costs: readonly ColdCost[]): readonly string[] {
  return costs.flatMap(({ scenario, variant, bootMode, totalMs }) => {
    const fresh = costs.find((one) => one.scenario === scenario && one.variant === variant && one.bootMode === 'fresh');
    if (bootMode !== 'snapshot' || !fresh) return [];
    return [`${scenario}/${variant}: restored for ${formatRatio(totalMs / fresh.totalMs)} of a fresh boot's cost`];
  });
}
