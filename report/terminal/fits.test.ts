import { expect, test } from 'vitest';
import type { Fit } from '../../harness/statistics/fit.ts';
import { fitLines } from './fits.ts';

const fit: Fit = {
  scenario: 'delay-sweep',
  series: 'shpc-bridge, shpchp.settle_ms 1000',
  latency: 'unplug',
  against: 'shpchp.button_delay_ms',
  points: [
    { x: 0, boots: 2, medianMs: 62 },
    { x: 1000, boots: 2, medianMs: 1062 },
    { x: 5000, boots: 2, medianMs: 5062 },
  ],
  line: {
    intercept: { value: 62.14, ci95: [58.24, 66.04] },
    slope: { value: 1.00031, ci95: [0.99911, 1.00151] },
    residualSd: 3.08,
  },
  phases: [],
  warnings: ['2 boots at a value'],
};
const lineOf = (over: Partial<Fit>) => fitLines([{ ...fit, ...over }])[2];

test('a line is an equation with as many decimals as its intervals are worth, and its warnings come once', () => {
  expect(fitLines([fit, fit])).toEqual([
    '',
    'latencies as straight lines over a parameter, least squares over one median per boot',
    ...Array(2).fill(
      '  delay-sweep shpc-bridge, shpchp.settle_ms 1000: unplug = 62.1 ms + 1.0003 × shpchp.button_delay_ms ' +
        '(95 % CI 58.2 to 66.0 and 0.9991 to 1.0015; residual SD 3.08 ms; 6 boots at 3 values)',
    ),
    'note: 2 boots at a value',
  ]);
});

test('the slope over something that is not a time has a unit, and its sign stands before it', () => {
  const line = { intercept: { value: 4510.4 }, slope: { value: -12.344 } };
  expect(lineOf({ series: 'acpi-root-port', latency: 'boot', against: 'ports', line })).toBe(
    '  delay-sweep acpi-root-port: boot = 4510 ms - 12.34 ms × ports (6 boots at 3 values)',
  );
});

test('the interval of a negative slope keeps its signs', () => {
  const line = { intercept: { value: 1, ci95: [1, 1] }, slope: { value: -0.01, ci95: [-0.03, 0.01] } } as const;
  expect(lineOf({ line })).toContain(
    '1.000000 ms - 0.010 × shpchp.button_delay_ms (95 % CI 1.000000 to 1.000000 and -0.030 to 0.010;',
  );
});

test('without a line it says so, and without fits nothing', () => {
  const { line: _, ...without } = fit;
  expect(fitLines([without])[2]).toBe(
    '  delay-sweep shpc-bridge, shpchp.settle_ms 1000: unplug has no line over shpchp.button_delay_ms',
  );
  expect(fitLines([])).toEqual([]);
});

test('phases are named whose share of a slope can be told from 0', () => {
  const phases = [
    { phase: 'pci-scan', slope: { value: 12.34, ci95: [11.1, 13.6] as const } },
    { phase: 'init', slope: { value: 0.4, ci95: [-1, 1.8] as const } },
  ];
  expect(fitLines([{ ...fit, phases }])[3]).toBe('    of which by phase: pci-scan 12.3 (11.1 to 13.6)');
});
