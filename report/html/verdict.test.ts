import { expect, test } from 'vitest';
import { HISTORY_SERIES } from '../charts/history.fixture.ts';
import { sampleOf, scenarioOf } from '../model/model.fixture.ts';
import type { ReportModel } from '../model/report-model.ts';
import { comparisonOf } from './optional-parts.fixture.ts';
import { verdictOf } from './verdict.ts';
import { warningsOf } from './warnings.ts';

function modelOf(over: Partial<ReportModel> = {}): ReportModel {
  const run = {
    runId: 'r',
    label: '',
    isHome: true,
    status: 'complete',
    startedAt: '',
    finishedAt: undefined,
    environment: [],
    warnings: [],
  };
  return { runs: [run], scenarios: [scenarioOf()], comparisons: [], ...over };
}

test('regressions are counted and named, with their reasons', () => {
  const comparisons = [
    comparisonOf('shpc', 'regressed'),
    comparisonOf('acpi', 'failing'),
    comparisonOf('x', 'unchanged'),
  ];
  expect(verdictOf(modelOf({ comparisons }))).toEqual({
    tone: 'bad',
    headline: '2 regressions: nightly/shpc plug and nightly/acpi plug',
    detail: 'shpc is regressed. acpi is failing.',
  });
});

test('a level that rose in the history is a regression, too', () => {
  const { segments } = HISTORY_SERIES;
  const last = segments.at(-1)?.beginning;
  if (last?.kind !== 'change') throw new Error('the fixture does not end with a change');
  const history = { directory: '', runs: 6, skipped: [], series: [{ ...HISTORY_SERIES, regression: last }] };
  expect(verdictOf(modelOf({ history }))).toEqual({
    tone: 'bad',
    headline: '1 regression: nightly/shpc plug',
    detail: 'nightly/shpc plug takes 1.19 times as long since run-4.',
  });
  expect(verdictOf(modelOf({ history: { ...history, series: [HISTORY_SERIES] } }))).toMatchObject({
    tone: 'good',
    headline: 'No latency is on another level than before',
  });
});

test.each([
  [['unchanged', 'unchanged'], 'Nothing changed'],
  [['unchanged', 'improved', 'inconclusive'], 'Nothing got worse'],
  [['inconclusive', 'incomparable'], 'Nothing could be decided'],
] as const)('%j: %s', (verdicts, headline) => {
  const comparisons = verdicts.map((verdict, index) => comparisonOf(`v${index}`, verdict));
  expect(verdictOf(modelOf({ comparisons }))).toMatchObject({ tone: 'good', headline });
});

test('without a baseline it says so, and whether anything failed', () => {
  expect(verdictOf(modelOf())).toMatchObject({ tone: 'plain', headline: 'All 6 samples ended as they should' });
  const failures = { shown: [], total: 2, aborted: 1 };
  expect(verdictOf(modelOf({ scenarios: [{ ...scenarioOf(), failures }] }))).toMatchObject({
    tone: 'bad',
    headline: '2 samples failed',
  });
  expect(verdictOf(modelOf({ scenarios: [] }))).toMatchObject({ headline: 'Nothing was measured' });
});

test('a warning that all variants share is said once, one that some have with their names', () => {
  const scenario = scenarioOf();
  const variants = scenario.variants.map((variant, index) => ({ ...variant, leftOut: index === 0 ? ['no TPM'] : [] }));
  const texts = warningsOf(modelOf({ scenarios: [{ ...scenario, variants }] }));
  expect(texts).toContainEqual({ about: 'shpc', text: 'left out: no TPM' });
  expect(texts).toContainEqual({ about: '', text: 'TCG' });
  expect(texts.filter(({ text }) => text === 'TCG')).toHaveLength(1);
});

test('failures and a run that is not complete come first, with a link to the failures', () => {
  const failures = {
    shown: [{ sample: sampleOf(0, 1, 1), logs: undefined, logFiles: [], excerpts: [] }],
    total: 1,
    aborted: 2,
  };
  const model = modelOf({ scenarios: [{ ...scenarioOf(), failures }] });
  const runs = model.runs.map((run) => ({ ...run, status: 'partial' }));
  expect(warningsOf({ ...model, runs }).slice(0, 2)).toEqual([
    { about: '', text: 'the run is partial: not everything was measured' },
    { about: '', text: '1 sample failed, and 2 after them were not tried', link: '#test-failures' },
  ]);
});
