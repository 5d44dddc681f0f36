import { expect, test } from 'vitest';
import type { History, Segment, Series } from '../../harness/history/history.ts';
import { historyJson } from '../../harness/history/history-json.ts';
import { testNight } from '../../harness/history/test-night.ts';
import { historyLines } from './history.ts';

const CHANGE = {
  runId: 'run-2',
  date: new Date('2026-01-03T00:00:00Z'),
  ratio: 1.3,
  pValue: 0.00001,
  phase: { phase: 'button-wait', beforeMs: 90, afterMs: 120 },
};

const REGRESSION = { ...CHANGE, later: [], beforeMs: 100, nowMs: 130 };

function series(over: Partial<Series> = {}): Series {
  const nights = [100, 101, 130, 131].map((p50Ms, night) => testNight(night, { p50Ms }));
  const [first] = nights[0]?.series ?? [];
  if (!first) throw new Error('there is no series');
  const segments: readonly Segment[] = [
    {
      start: 0,
      end: 2,
      beginning: { kind: 'first' },
      medianMs: 100.5,
      phases: [{ phase: 'button-wait', durationMs: 90 }],
    },
    { start: 2, end: 4, beginning: { kind: 'change', ...CHANGE }, medianMs: 130.5, phases: [] },
  ];
  const points = nights.flatMap((night) => night.series.map(({ point }) => point));
  return { ...first.identity, points, segments, current: true, ...over };
}

function lines(...all: readonly Series[]): string {
  const history: History = { directory: 'results', runs: 4, skipped: [], series: all };
  return historyLines(history, false).join('\n');
}

test('a regression is said with its date, run, ratio and phase', () => {
  const text = lines(series({ regression: REGRESSION }));
  expect(text).toContain('regressed: v plug since 2026-01-03 (run-2): 1.30x, button-wait 90.0 → 120 ms');
  expect(text).toContain('4 runs in results, 1 of 1 series regressed');
  expect(text).toMatch(/v +plug +4 +100 +131 +131 +▁▁█+ +2026-01-03 1\.30x/);
});

test('a partial recovery is said beside the rise, with where that leaves the latency', () => {
  const recovery = { runId: 'run-3', date: new Date('2026-01-04T00:00:00Z'), ratio: 0.92, pValue: 0.00001 };
  const text = lines(series({ regression: { ...REGRESSION, later: [recovery], nowMs: 119.6 } }));
  expect(text).toContain(
    '1.30x, button-wait 90.0 → 120 ms; then 0.92x on 2026-01-04 (run-3): still 1.20x the level before',
  );
});

test('failures are said with the night from which on there are more, and what of them is left', () => {
  const failing = { runId: 'run-2', date: CHANGE.date, before: 0.004, first: 1, now: 1 };
  const text = lines(series({ failing }));
  expect(text).toContain('failing: v plug since 2026-01-03 (run-2): 0.4 % → 100 % of its operations fail');
  expect(text).toContain('0 of 1 series regressed, 1 fail more than they did');
  expect(lines(series({ failing: { ...failing, now: 0.3 } }))).toContain('of its operations fail, now 30 %');
});

test('a change that a baseline has accepted is no regression', () => {
  const text = lines(series({ accepted: { change: REGRESSION, baseline: 'nightly' } }));
  expect(text).toContain('accepted by the baseline nightly: v plug since 2026-01-03');
  expect(text).toContain('0 of 1 series regressed');
});

test('a change too small to matter is not shown', () => {
  const [first, second] = series().segments;
  if (!first || !second) throw new Error('there are no segments');
  const small: Segment = { ...second, beginning: { kind: 'change', ...CHANGE, ratio: 1.01 } };
  expect(lines(series({ segments: [first, small] }))).not.toMatch(/changed|1\.01x/);
});

test('a break is said once for all series that it cuts', () => {
  const [first, second] = series().segments;
  if (!first || !second) throw new Error('there are no segments');
  const changes = [{ what: 'QEMU', before: '7.2', after: '9.0' }];
  const segments: readonly Segment[] = [first, { ...second, beginning: { kind: 'environment', changes } }];
  const text = lines(series({ segments }), series({ segments, variant: 'w' }));
  expect(text.match(/break: 2026-01-03 {2}QEMU: 7\.2 → 9\.0$/gm)).toHaveLength(1);
  expect(lines(series({ segments }), series({ variant: 'w' }))).toContain('→ 9.0 (v)');
});

test('noise is no mountain in the trend', () => {
  const nights = [100, 103, 98, 101].map((p50Ms, night) => testNight(night, { p50Ms }));
  const points = nights.flatMap((night) => night.series.map(({ point }) => point));
  const [bars = ''] = /[▁-█]{4}/.exec(lines(series({ points, segments: series().segments.slice(0, 1) }))) ?? [];
  expect(bars).not.toMatch(/[▁-▅]/);
});

test('as JSON it has keys as the files of a run', () => {
  const history: History = { directory: 'results', runs: 4, skipped: [], series: [series({ regression: REGRESSION })] };
  const json = JSON.parse(JSON.stringify(historyJson(history)));
  expect(json.series[0]).toMatchObject({
    boot_mode: 'fresh',
    regression: { run_id: 'run-2', ratio: 1.3, phase: { phase: 'button-wait', before_ms: 90, after_ms: 120 } },
    points: [{ run_id: 'run-0', p50_ms: 100 }, {}, {}, {}],
    segments: [
      { began: 'first', median_ms: 100.5 },
      { began: 'change', change: { ratio: 1.3 } },
    ],
  });
  expect(JSON.stringify(json)).not.toMatch(/"[a-z]+[A-Z]\w*":/);
});

test('series that are too young for any change to be found are counted, those that are not measured any more are not', () => {
  expect(lines(series({}), series({ current: false }))).toContain('1 of 1 series have less than 10 runs');
});
