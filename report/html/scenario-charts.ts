import { burstChart } from '../charts/burst.ts';
import type { Chart } from '../charts/chart.ts';
import { driftChart } from '../charts/drift.ts';
import { ecdfChart } from '../charts/ecdf.ts';
import { fitChart, fitGroups } from '../charts/fit.ts';
import { latencyChart } from '../charts/latency.ts';
import { raceChart } from '../charts/race.ts';
import { waterfallChart } from '../charts/waterfall.ts';
import { clockOf, clockParts } from '../model/clock-parts.ts';
import type { ScenarioPart } from '../model/report-model.ts';

export interface ChartGroup {
  readonly heading: string;
  readonly intro: string;
  readonly charts: readonly Chart[];
}

/**
 * All charts of a scenario in the order in which they are read: the result, its reasons, then the doubts. Each clock has
 * charts of its own, and those of virtual time say so.
 */
export function chartGroups(scenario: ScenarioPart): readonly ChartGroup[] {
  const parts = clockParts(scenario).map((part) => {
    const isVirtual = clockOf(part) === 'virtual';
    const named = (chart: Chart) => (isVirtual ? { ...chart, title: `${chart.title}, in virtual time` } : chart);
    return groupsOf(part).map((group) => ({ ...group, charts: group.charts.map(named) }));
  });
  const groups = (parts[0] ?? []).map((group, index) => {
    return { ...group, charts: parts.flatMap((part) => part[index]?.charts ?? []) };
  });
  return groups.filter(({ charts }) => charts.length > 0);
}

/** The same groups for every scenario, in one order; those that it has nothing for are empty. */
function groupsOf(scenario: ScenarioPart): readonly ChartGroup[] {
  // A boot is what a scenario needs, and seldom what it asks for.
  const operations = scenario.operations.toSorted((a, b) => Number(a === 'boot') - Number(b === 'boot'));
  const fits = fitGroups(scenario).map((group, index) => ({ group, chart: fitChart(scenario, group, index) }));
  const fitsOf = (isWanted: (latency: string) => boolean) =>
    fits.filter(({ group }) => isWanted(group.latency)).map(({ chart }) => chart);
  const isTogether = (latency: string) => latency.startsWith('last-');
  return [
    {
      heading: 'Plugged while the guest boots',
      intro: 'Each stretch of time is divided among the outcomes of the plugs in it, in proportion.',
      charts: [raceChart(scenario) ?? []].flat(),
    },
    {
      heading: 'How long it takes',
      intro: '',
      charts: operations.flatMap((operation) => latencyChart(scenario, operation) ?? []),
    },
    {
      heading: 'Where the time goes',
      intro:
        'Bars are medians of the phases, figures beside them the median latency; medians need not add up, but nearly do.',
      charts: operations.flatMap((operation) =>
        [false, true].flatMap((workOnly) => waterfallChart(scenario, operation, { workOnly }) ?? []),
      ),
    },
    {
      heading: 'What a parameter costs',
      intro: 'Least squares over one median per boot; the statistics are those of summary.json.',
      charts: fitsOf((latency) => latency !== 'boot' && !isTogether(latency)),
    },
    { heading: 'What a port costs at boot', intro: '', charts: fitsOf((latency) => latency === 'boot') },
    {
      heading: 'Several devices at once',
      intro: '',
      charts: [...operations.flatMap((operation) => burstChart(scenario, operation) ?? []), ...fitsOf(isTogether)],
    },
    {
      heading: 'How much it scatters',
      intro: 'The share of samples that had ended after a time. The steeper a curve, the more alike are the samples.',
      charts: operations.flatMap((operation) => ecdfChart(scenario, operation) ?? []),
    },
    {
      heading: 'Whether it drifts',
      intro:
        'Variants are interleaved, so a disturbance of the host shows as a column of high dots of all colours, and a trend ' +
        'as a slope.',
      charts: operations.flatMap((operation) => driftChart(scenario, operation) ?? []),
    },
  ];
}
