import { expect, test } from 'vitest';
import { HISTORY_SERIES } from '../charts/history.fixture.ts';
import { modelOf, scenarioOf } from '../model/model.fixture.ts';
import { comparisonOf } from './optional-parts.fixture.ts';
import { verdictOf } from './verdict.ts';

test('regressions are counted and named, with their reasons', () => {
  const comparisons = [
    comparisonOf('shpc', 'regressed'),
    comparisonOf('acpi', 'failing'),
    comparisonOf('x', 'unchanged'),
  ];
  expect(verdictOf(modelOf({ comparisons }))).toEqual({
    tone: 'bad',
    headline: '2 regressions: nightly/shpc plug (driver-probe) and nightly/acpi plug',
    detail: 'nightly/shpc plug: shpc is regressed. nightly/acpi plug: acpi is failing.',
  });
});

test('a level that rose in the history is a regression, too', () => {
  const { segments } = HISTORY_SERIES;
  const last = segments.at(-1)?.beginning;
  if (last?.kind !== 'change') throw new Error('the fixture does not end with a change');
  const regression = { ...last, later: [], beforeMs: 101, nowMs: 120.2 };
  const history = { directory: '', runs: 6, skipped: [], series: [{ ...HISTORY_SERIES, regression }] };
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
  [['unchanged', 'unchanged'], 'Nothing changed', 'good'],
  [['unchanged', 'improved'], 'Nothing got worse', 'good'],
  [['unchanged', 'improved', 'undecided'], '1 comparison of 3 undecided, the others no worse', 'plain'],
  [['undecided', 'incomparable'], 'Nothing could be decided', 'plain'],
] as const)('%j: %s', (verdicts, headline, tone) => {
  const comparisons = verdicts.map((verdict, index) => comparisonOf(`v${index}`, verdict));
  expect(verdictOf(modelOf({ comparisons }))).toMatchObject({ tone, headline });
});

test('without a baseline it says so, and whether anything failed', () => {
  expect(verdictOf(modelOf())).toMatchObject({
    tone: 'plain',
    headline: 'All 6 samples ended as they should, 3 of them too late',
  });
  const failures = { shown: [], total: 2, aborted: 1 };
  expect(verdictOf(modelOf({ scenarios: [{ ...scenarioOf(), failures }] }))).toMatchObject({
    tone: 'bad',
    headline: '2 samples failed',
  });
  expect(verdictOf(modelOf({ scenarios: [] }))).toMatchObject({ headline: 'Nothing was measured' });
});

test('what is expected without being ok is told', () => {
  const scenario = scenarioOf();
  const samples = scenario.samples.map((sample, index) => (index < 4 ? sample : { ...sample, outcome: 'lost' }));
  expect(verdictOf(modelOf({ scenarios: [{ ...scenario, samples }] })).headline).toBe(
    'All 6 samples ended as they should (4 ok and 2 lost), 3 of them too late',
  );
});

test('samples that were given up are none that ended as they should', () => {
  const failures = { shown: [], total: 0, aborted: 2 };
  expect(verdictOf(modelOf({ scenarios: [{ ...scenarioOf(), failures }] }))).toMatchObject({
    tone: 'plain',
    headline: '4 of 6 samples ended as they should, 3 of them too late; 2 were not tried to the end',
  });
});

test('samples over their deadline are in the first lines that are read', () => {
  expect(verdictOf(modelOf()).detail).toBe(
    '3 samples later than the deadline: shpc plug. Nothing to compare with: no baseline was given.',
  );
});
