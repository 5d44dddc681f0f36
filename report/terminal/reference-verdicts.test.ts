import { expect, test } from 'vitest';
import type { Comparison, Verdict } from '../../harness/statistics/comparison.ts';
import { referenceVerdictLines } from './reference-verdicts.ts';

function compared(variant: string, operation: Comparison['operation'], verdict: Verdict): Comparison {
  return {
    ...{ scenario: 'quick', variant, operation, verdict, reason: '' },
    base: { label: 'shpc', boots: 2, samples: 2, failures: 0, medianMs: 6123 },
    phases: [],
    threshold: { relative: 0.02, absoluteMs: 0 },
    differences: [],
    warnings: [],
  };
}

test('a line for each verdict that there is, variants with their operations unless it is of them all', () => {
  const lines = referenceVerdictLines([
    compared('native', 'boot', 'undecided'),
    compared('native', 'plug', 'improved'),
    compared('native', 'unplug', 'improved'),
    { ...compared('acpi', 'plug', 'improved'), deviceId: 'disk' },
    compared('acpi', 'unplug', 'regressed'),
    compared('acpi-bridge', 'plug', 'improved'),
    compared('acpi-bridge', 'unplug', 'improved'),
  ]);
  expect(lines).toEqual([
    '',
    'quick, against shpc:',
    '  slower: acpi (unplug)',
    '  faster: native (plug, unplug), acpi (plug disk), acpi-bridge',
    '  undecided: native (boot)',
  ]);
});

test('nothing without a reference', () => {
  expect(referenceVerdictLines([])).toEqual([]);
});
