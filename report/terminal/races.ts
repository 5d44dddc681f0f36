import type { Race, RaceBin } from '../../harness/statistics/boot-race.ts';
import { formatMs } from '../format.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'ms after cont', align: 'right' },
  { heading: 'plugs', align: 'right' },
  { heading: 'ok early', align: 'right' },
  { heading: 'ok late', align: 'right' },
  { heading: 'not ok', align: 'left' },
  { heading: 'ok, 95 % CI', align: 'right' },
];

/** Plugs during the boot, for a terminal, after an empty line; none where there were none. */
export function raceLines(races: readonly Race[]): readonly string[] {
  return races.flatMap(({ scenario, variant, n, readyMs, bins }) => [
    '',
    `${scenario}/${variant}: ${n} plugs while the guest boots${readyMs ? `, which is ready after ${formatMs(readyMs.earliest)} to ${formatMs(readyMs.latest)} ms` : ''}`,
    '(early: by its own scan of the buses, it has the device when it is ready; late: the device comes hot-plugged)',
    '',
    ...textTable(COLUMNS, bins.map(row)),
  ]);
}

function row({ fromMs, toMs, n, outcomes, early, ok }: RaceBin): readonly string[] {
  const good = outcomes.ok ?? 0;
  const bad = Object.entries(outcomes).filter(([outcome, count]) => outcome !== 'ok' && count > 0);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    `${fromMs.toFixed(0)} to ${toMs.toFixed(0)}`,
    String(n),
    String(early),
    String(good - early),
    bad.length === 0 ? '0' : bad.map(([outcome, count]) => `${count} ${outcome}`).join(', '),
    ok?.ci95 ? `${percent(ok.value)}, ${percent(ok.ci95[0])} to ${percent(ok.ci95[1])}` : '-',
  ];
}
