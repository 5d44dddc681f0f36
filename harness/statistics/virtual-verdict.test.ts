import { expect, test } from 'vitest';
import type { Comparison } from './comparison.ts';
import type { PhaseVerdict } from './virtual-gate.ts';
import { withWorkVerdict } from './virtual-verdict.ts';
import { ALL_WORK } from './work-durations.ts';

const METRIC = { scenario: 's', variant: 'shpc', operation: 'plug' } as const;

/** What a comparison of so few boots comes to before work is looked at. */
function comparison(verdict: Comparison['verdict'], ratio: number): Comparison {
  const side = { label: 'x', boots: 3, samples: 12, failures: 0, medianMs: 6000 };
  const statistic = (value: number) => ({ value, warnings: [] });
  return {
    ...METRIC,
    base: side,
    current: side,
    verdict,
    reason: 'of the latency',
    latency: {
      ratio: statistic(ratio),
      differenceMs: statistic(6000 * (ratio - 1)),
      ...{ shiftMs: 0, cliffsDelta: 0, pValue: 1, adjustedPValue: 1, method: 'permutation' },
    },
    phases: [],
    moreBoots: 2,
    threshold: { relative: 0.02, absoluteMs: 0 },
    differences: [],
    warnings: [],
  };
}

function phase(name: string, change: number, over: Partial<PhaseVerdict> = {}): PhaseVerdict {
  const verdict = change > 0.01 ? 'regressed' : change < -0.01 ? 'improved' : 'unchanged';
  const figures = {
    baseMs: 0.4,
    currentMs: 0.4 * (1 + change),
    change,
    threshold: 0.01,
    detectable: 0.012,
    asked: 0.03,
  };
  return { ...METRIC, phase: name, verdict, ...figures, ...over };
}

test('microseconds of work are a regression among seconds of sleep', () => {
  const judged = withWorkVerdict(comparison('unchanged', 1), [
    phase('enumeration', 0.03),
    phase('driver-probe', -0.5),
    phase(ALL_WORK, 0.02),
  ]);
  expect(judged).toMatchObject({ verdict: 'regressed', phases: [{ phase: 'enumeration', baseMs: 0.4 }] });
  expect(judged.reason).toContain('enumeration 3.0 % longer (0.4000 to 0.4120 ms, threshold 1.0 %)');
});

test('where no single phase stands out, all work does', () => {
  expect(withWorkVerdict(comparison('unchanged', 1), [phase(ALL_WORK, 0.02)]).phases).toMatchObject([
    { phase: ALL_WORK },
  ]);
});

test('less work is an improvement', () => {
  expect(withWorkVerdict(comparison('undecided', 1), [phase('enumeration', -0.03)])).toMatchObject({
    verdict: 'improved',
  });
});

test('work that repeats and a latency within its threshold are unchanged, without an interval', () => {
  const judged = withWorkVerdict(comparison('undecided', 1.01), [phase('enumeration', 0.001)]);
  expect(judged).toMatchObject({ verdict: 'unchanged', reason: expect.stringContaining('0.1 %') });
  expect(judged.moreBoots).toBeUndefined();
});

test('a latency beyond its threshold stays without an answer', () => {
  expect(withWorkVerdict(comparison('undecided', 1.03), [phase('enumeration', 0)]).verdict).toBe('undecided');
});

test.each(['regressed', 'failing', 'incomparable', 'missing'] as const)('%s stays as it is', (verdict) => {
  const before = comparison(verdict, 2);
  expect(withWorkVerdict(before, [phase('enumeration', -0.5)])).toEqual(before);
});

test('real time has no work to judge', () => {
  const before = comparison('undecided', 1);
  expect(withWorkVerdict(before, [])).toEqual(before);
});

test('work that repeats says nothing of operations that fail more often', () => {
  const failures = { baseFailedBoots: 0, currentFailedBoots: 1, adjustedPValue: 0.5 };
  const failing = { ...comparison('undecided', 1.01), failures };
  expect(withWorkVerdict(failing, [phase('enumeration', 0.001)])).toEqual(failing);
});

test('work that has moved to another phase is a remark', () => {
  const moved = phase('enumeration', 0.12, { verdict: 'moved', counterpart: 'driver-probe' });
  const judged = withWorkVerdict(comparison('undecided', 1), [moved, phase(ALL_WORK, 0.001)]);
  expect(judged.verdict).toBe('unchanged');
  expect(judged.reason).toContain('work has moved: enumeration 12.0 % longer');
  expect(judged.warnings.join()).toContain('shpc plug: work has moved: enumeration 12.0 % longer');
  expect(judged.reason).toContain('driver-probe makes up for it');
  expect(judged.reason).toContain('at most by 0.1 %');
});

test.each(['undecided', 'unchanged'] as const)(
  '%s is open where a phase scatters too much for what is asked',
  (verdict) => {
    const open = phase('device-node', 0.001, { verdict: 'undecided', threshold: 0.04, detectable: 0.05 });
    const judged = withWorkVerdict(comparison(verdict, 1), [open, phase('enumeration', 0)]);
    expect(judged.verdict).toBe('undecided');
    expect(judged.reason).toContain('in device-node a change of 3.0 % would not have been found, only one of 5.0 %');
  },
);

test('a regression is one, whatever else is open', () => {
  const open = phase('device-node', 0.001, { verdict: 'undecided' });
  expect(withWorkVerdict(comparison('unchanged', 1), [open, phase('enumeration', 0.03)]).verdict).toBe('regressed');
});

test('what may be an interrupt is said with its size', () => {
  const open = phase('enumeration', 0.034, { verdict: 'undecided', isInterrupt: true });
  expect(withWorkVerdict(comparison('unchanged', 1), [open]).reason).toContain('which is what one interrupt takes');
});

test('thresholds above two per cent are named', () => {
  const small = phase('first-use', 0.1, { verdict: 'unchanged', threshold: 0.24 });
  expect(withWorkVerdict(comparison('undecided', 1), [small, phase('enumeration', 0)]).reason).toContain(
    'only larger changes are found in: first-use 24.0 %',
  );
});
