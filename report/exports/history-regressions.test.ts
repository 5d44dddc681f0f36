import { expect, test } from 'vitest';
import type { History, Series } from '../../harness/history/history.ts';
import { HISTORY_SERIES } from '../charts/history.fixture.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { testExport } from './test-export.ts';

const change = HISTORY_SERIES.segments.at(-1)?.beginning;
if (change?.kind !== 'change') throw new Error('the last segment begins with a change');
const phase = { phase: 'button-wait', beforeMs: 50, afterMs: 69 };
const regression = { ...change, phase, later: [], beforeMs: 101, nowMs: 120.5 };
const regressed: Series = { ...HISTORY_SERIES, regression };

function historyOf(...series: readonly Series[]): History {
  return { directory: 'results', runs: 6, skipped: [], series };
}

test('JUnit: what is a regression now is a failed case, with date, change and figures', () => {
  const { text } = junit.render([testExport({ history: historyOf(HISTORY_SERIES, regressed) })]);
  expect(text).toContain('tests="2" failures="1"');
  expect(text).toContain('<testcase classname="nightly.shpc" name="history: plug (lab, tcg)"');
  expect(text).toContain('since 2026-01-05 (run-4): 1.19x, button-wait 50.0 → 69.0 ms; median 101 → 121 ms');
});

test('JUnit: also of a scenario that the run has not measured, and of each host and clock apart', () => {
  const other = { ...regressed, scenario: 'weekly', clock: 'virtual', bootMode: 'snapshot' };
  const { text } = junit.render([
    testExport({ history: historyOf(regressed, { ...regressed, host: 'lab-2' }, other) }),
  ]);
  expect(text).toMatch(/"nightly" tests="3" failures="2"[\s\S]*\(lab, tcg\)[\s\S]*\(lab-2, tcg\)/);
  expect(text).toMatch(/"weekly" tests="1" failures="1"[\s\S]*\(lab, tcg, virtual, snapshot\)/);
});

test('Markdown: a section, and a word at the top', () => {
  const { text } = markdown.render([testExport({ history: historyOf(regressed) })]);
  expect(text).toContain('regressions in the history: 1');
  expect(text).toContain('History: regressed:\n\n- nightly/shpc plug (lab, tcg): since 2026-01-05');
});

test('Markdown: a history without regression says so; where nobody has asked there is no word of it', () => {
  const quiet = markdown.render([testExport({ history: historyOf(HISTORY_SERIES) })]).text;
  expect(quiet).toContain('History: no regression, runs: 6');
  expect(quiet).not.toContain('regressions in the history');
  expect(markdown.render([testExport()]).text).not.toMatch(/history/i);
});
