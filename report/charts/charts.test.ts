import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { raceOf, scenarioOf } from '../model/model.fixture.ts';
import { burstChart } from './burst.ts';
import type { Chart } from './chart.ts';
import { compileSpec, drawChart } from './draw.ts';
import { driftChart } from './drift.ts';
import { ecdfChart } from './ecdf.ts';
import { fitChart, fitGroups } from './fit.ts';
import { HISTORY_SERIES } from './history.fixture.ts';
import { historyChart } from './history.ts';
import { latencyChart } from './latency.ts';
import { raceChart } from './race.ts';
import { TIMELINE } from './timeline.fixture.ts';
import { timelineChart } from './timeline.ts';
import { waterfallChart } from './waterfall.ts';

const scenario = scenarioOf();
const [variant] = scenario.variants;
if (!variant) throw new Error('the fixture has no variant');
const fits = fitGroups(scenario).map((group, index) => fitChart(scenario, group, index));
const charts = new Map<string, Chart | undefined>([
  ['latency', latencyChart(scenario, 'plug')],
  ['waterfall', waterfallChart(scenario, 'plug', { workOnly: false })],
  ['work', waterfallChart(scenario, 'plug', { workOnly: true })],
  ['ecdf', ecdfChart(scenario, 'plug')],
  ['drift', driftChart(scenario, 'plug')],
  ['fit', fits[0]],
  ['burst', burstChart(scenario, 'plug')],
  ['race', raceChart(scenario)],
  ['timeline', timelineChart(variant, TIMELINE)],
  ['history', historyChart(HISTORY_SERIES, 'a')],
]);

const schema = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('vega-lite/vega-lite-schema.json'), 'utf8'),
);
// The schema uses a format that JSON Schema does not know, and unions that ajv would remark on.
const isVegaLite = new Ajv({ strict: false, formats: { 'color-hex': true, uri: true, 'uri-reference': true } }).compile(
  schema,
);

describe.each([...charts])('%s', (_name, chart) => {
  if (!chart) throw new Error('the fixture lacks what this chart shows');

  test('is what the schema of Vega-Lite calls a chart', () => {
    isVegaLite(chart.spec);
    expect(isVegaLite.errors ?? []).toEqual([]);
  });

  test('compiles without a remark', () => {
    const remarks: string[] = [];
    compileSpec(chart.spec, (remark) => remarks.push(remark));
    // Said of every chart with rows, though none asks for it.
    expect(remarks.filter((remark) => remark !== 'Dropping "fit-y" because spec has discrete height.')).toEqual([]);
  });

  test('has values for every data source that it names, and no value in the spec', () => {
    const spec = JSON.stringify(chart.spec);
    const named = [...spec.matchAll(/"data":\{"name":"(\w+)"\}/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(chart.data)));
    expect(spec).not.toContain('"values":[{');
  });

  test('says what it shows in a sentence with figures, and again for those who do not see it', () => {
    expect(chart.caption).toMatch(/\d.*\.$/);
    expect(chart.alternative).toMatch(/\w/);
  });

  test('is drawn, in colours of the page', async () => {
    const { svg } = await drawChart(chart);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(svg).toContain('var(--');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('captions name the finding', () => {
  expect(charts.get('latency')?.caption).toBe(
    'acpi is the fastest to plug, 60.0 ms at the median; shpc takes 6200 ms, 103 times as long. ' +
      'Late, over the deadline: shpc (3 of its samples). Dots are samples, the upright line is the median.',
  );
  expect(charts.get('waterfall')?.caption).toBe(
    'Of the 6200 ms of shpc, 6000 ms (97 %) are fixed waits: button-wait 6000 ms. Next to no fixed wait: acpi.',
  );
  expect(charts.get('fit')?.caption).toBe(
    'shpc-bridge: each millisecond of shpchp.button_delay_ms adds 1.0003 ms (95 % CI 0.9991 to 1.0015), ' +
      'by phase button-wait 1.0002 ms (95 % CI 0.9992 to 1.0012); ' +
      '62.1 ms (95 % CI 58.2 to 66.0) remain at 0.',
  );
  expect(charts.get('race')?.caption).toBe(
    'shpc: of 20 plugs, some were not ok at 200 to 300 ms; most at 200 to 300 ms: 8 ok, 2 lost, 20 % not ok ' +
      '(95 % CI 6 % to 51 %).',
  );
});

test('in virtual time axes and captions say so, and no figure is taken for one of the host', () => {
  const virtual = { ...scenario, variants: scenario.variants.map((one) => ({ ...one, clock: 'virtual' })) };
  const [first] = virtual.variants;
  if (!first) throw new Error('the fixture has no variant');
  const ofVirtual = [
    latencyChart(virtual, 'plug'),
    waterfallChart(virtual, 'plug', { workOnly: false }),
    waterfallChart(virtual, 'plug', { workOnly: true }),
    ecdfChart(virtual, 'plug'),
    driftChart(virtual, 'plug'),
    burstChart(virtual, 'plug'),
    timelineChart(first, TIMELINE),
    historyChart({ ...HISTORY_SERIES, clock: 'virtual' }, 'a'),
    ...fitGroups(virtual).map((group, index) => fitChart(virtual, group, index)),
  ];
  for (const chart of ofVirtual) {
    const shown = JSON.stringify(chart?.spec).match(/"title":"[^"]*\\bms\\b[^"]*"/g) ?? [];
    const texts = [...shown, chart?.title, chart?.caption, chart?.alternative, JSON.stringify(chart?.data)].join('\n');
    // Names of parameters have a unit of their own.
    expect(texts.replaceAll(/virtual ms|"ms":/g, ''), chart?.id).not.toMatch(/(?<!_)\bms\b/);
    expect(texts, chart?.id).toMatch(/virtual ms/);
  }
});

test('names of phases are drawn where they have room, at any width', () => {
  const labels = charts.get('waterfall')?.data.labels ?? [];
  expect(labels.map(({ label }) => label)).toEqual(['button-wait']);
  expect(Number(labels[0]?.least)).toBeGreaterThan(60);
  expect(JSON.stringify(charts.get('waterfall')?.spec)).toContain('datum.least <= width');
});

test('plugs at a single offset are seen', () => {
  const race = raceOf({ ok: 10 });
  const bins = race.bins.map((bin) => ({ ...bin, fromMs: 20, toMs: 20 }));
  const [cell] = raceChart({ ...scenario, races: [{ ...race, bins }] })?.data.cells ?? [];
  expect(Number(cell?.to)).toBeGreaterThan(Number(cell?.from));
  expect(cell?.tip).toContain('\n20 ms after cont');
});

test('a single sample of each variant has no course of time', () => {
  const variants = scenario.variants.map((one) => ({
    ...one,
    operations: one.operations.map((part) => ({ ...part, samples: 1 })),
  }));
  expect(driftChart({ ...scenario, variants }, 'plug')).toBeUndefined();
});

test('a slope that may be 0 is not sold as a cost', () => {
  const [group] = fitGroups(scenarioOf({ slopeCi95: { low: -3, high: 5 } }));
  expect(group && fitChart(scenario, group, 0).caption).toContain(
    'adds nothing that could be told from 0, 1.0 ms (95 % CI',
  );
});

test('where nothing was good there is no chart', () => {
  const empty = scenarioOf({ nothingGood: true });
  expect(latencyChart(empty, 'plug')).toBeUndefined();
  expect(waterfallChart(empty, 'plug', { workOnly: false })).toBeUndefined();
  expect(ecdfChart(empty, 'plug')).toBeUndefined();
  expect(driftChart(empty, 'plug')).toBeUndefined();
});

test('a race that was always won says so', () => {
  const won = { ...scenario, races: [raceOf({ ok: 10 })] };
  expect(raceChart(won)?.caption).toBe('shpc: all 10 plugs were ok, at every offset.');
});
