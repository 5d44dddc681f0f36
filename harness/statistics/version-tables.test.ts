import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { GoodSample, Phase, Sample } from '../vocabulary.ts';
import { DEFAULT_THRESHOLD } from './comparison.ts';
import type { VersionGrid } from './version-grid.ts';
import { versionTables } from './version-tables.ts';

/** QEMU across, kernels down: `00` is the oldest of both. */
const grid: VersionGrid = {
  scenario: 'test',
  kernels: ['6.1', '6.12'],
  qemus: ['7.2', '10.0'],
  machines: [
    {
      label: 'shpc-bridge',
      cells: ['00', '01', '10', '11'].map((variant) => ({
        variant,
        kernel: Number(variant[0]),
        qemu: Number(variant[1]),
      })),
    },
  ],
};

/** A plug whose work takes so long in each boot, with 5 s of wait that end by a timer which is late by up to 256 ms. */
function plugs(
  variant: string,
  workMs: readonly number[],
  waitMs = 5000,
  changes: Partial<GoodSample> = {},
): GoodSample[] {
  return workMs.map((ownMs, index) => {
    const lateMs = waitMs < 1000 ? 0 : [0, 256, 128, 64, 192][index % 5];
    const wait = waitMs + (lateMs ?? 0);
    const phases: Phase[] = [
      { name: 'notify', kind: 'host', startMs: 0, durationMs: 10 },
      { name: 'button-wait', kind: 'fixed-wait', startMs: 10, durationMs: wait },
      { name: 'enumeration', kind: 'guest', startMs: 10 + wait, durationMs: ownMs - 10 },
    ];
    return goodSample({
      ...{ variant, boot: index + 1, order: index },
      latencyMs: ownMs + wait,
      phases: phases.filter(({ durationMs }) => durationMs > 0),
      ...changes,
    });
  });
}

const table = (...samples: readonly (readonly Sample[])[]) =>
  versionTables([grid], samples.flat(), () => DEFAULT_THRESHOLD)[0];
const verdicts = (...samples: readonly (readonly Sample[])[]) =>
  table(...samples)?.machines[0]?.steps.map(({ axis, verdict }) => `${axis} ${verdict}`);

const usual = [100, 102, 98];
const slow = [200, 204, 197];

describe('a step', () => {
  test('is marked where the work has changed beyond the noise, with the phase that moved', () => {
    const found = table(
      plugs('00', usual),
      plugs('01', slow),
      plugs('10', [101, 99, 100]),
      plugs('11', [199, 203, 200]),
    );
    expect(found?.machines[0]?.steps).toEqual([
      expect.objectContaining({
        ...{ axis: 'qemu', from: 0, to: 1, verdict: 'slower' },
        ratio: expect.closeTo(2, 1),
        phases: [{ phase: 'enumeration', fromMs: 90, toMs: 190 }],
        waits: [],
      }),
      expect.objectContaining({ axis: 'kernel', from: 0, to: 2, verdict: 'alike', phases: [] }),
      expect.objectContaining({ axis: 'kernel', from: 1, to: 3, verdict: 'alike' }),
      expect.objectContaining({ axis: 'qemu', from: 2, to: 3, verdict: 'slower' }),
    ]);
    expect(found?.warnings).toEqual([]);
    expect(found?.machines[0]?.detectableRatio).toBeGreaterThan(1);
  });

  test('is no gain where more failed: what is left may be fast only because the slow ones are those that failed', () => {
    const failed = [failedSample('timeout', { variant: '01', boot: 3 })];
    expect(verdicts(plugs('00', slow), plugs('01', usual))).toEqual(['qemu faster']);
    expect(verdicts(plugs('00', slow), plugs('01', usual), failed)).toEqual(['qemu unknown']);
    expect(verdicts(plugs('00', usual), plugs('01', slow), failed)).toEqual(['qemu slower']);
  });

  test('is not marked because a timer of the kernel was late: waits are not compared', () => {
    const early = plugs('00', usual, 5000);
    const late = plugs('01', usual, 5300);
    expect(verdicts(early, late)).toEqual(['qemu alike']);
    expect(table(early, late)?.machines[0]?.steps[0]?.waits).toEqual([]);
  });

  test('leads over a combination that was not measured, or never worked, to the next that did', () => {
    const failed = usual.map((_, index) => failedSample('lost', { variant: '01', boot: index + 1, order: index }));
    const wide: VersionGrid = {
      ...grid,
      qemus: ['7.2', '10.0', '11.1'],
      machines: [{ label: 'm', cells: ['00', '01', '02'].map((variant, qemu) => ({ variant, kernel: 0, qemu })) }],
    };
    const [found] = versionTables(
      [wide],
      [...plugs('00', usual), ...failed, ...plugs('02', slow)],
      () => DEFAULT_THRESHOLD,
    );
    expect(found?.machines[0]?.cells[1]).toMatchObject({ failures: 3, failedAs: { lost: 3 } });
    expect(found?.machines[0]?.cells[1]).not.toHaveProperty('latency');
    expect(found?.machines[0]?.steps).toMatchObject([{ from: 0, to: 2, verdict: 'slower' }]);
  });

  test('below the threshold of the scenario is of no interest', () => {
    const samples = [...plugs('00', [100, 100.1, 99.9]), ...plugs('01', [110, 110.1, 109.9])];
    const [found] = versionTables([grid], samples, () => ({ relative: 0.2, absoluteMs: 0 }));
    expect(found?.machines[0]?.steps[0]?.verdict).toBe('alike');
  });
});

describe('a wait', () => {
  test.each([
    ['appeared', 0, 1000],
    ['gone', 1000, 0],
    ['longer', 1000, 5000],
    ['shorter', 5000, 1000],
  ] as const)('that is %s is told, also with single boots', (kind, before, now) => {
    const found = table(plugs('00', [100], before), plugs('01', [100], now));
    expect(found?.machines[0]?.steps).toMatchObject([
      { verdict: 'unknown', waits: [{ kind, phase: 'button-wait', fromMs: before, toMs: now }] },
    ]);
  });

  test.each([
    ['comes', 0, 0.5],
    ['goes', 0.5, 0],
    ['doubles', 0.24, 0.48],
    ['ends a tick later', 20, 30],
  ])('that %s within a tick of the kernel’s timer is none', (_, before, now) => {
    const found = table(plugs('00', [100], before), plugs('01', [100], now));
    expect(found?.machines[0]?.steps[0]?.waits).toEqual([]);
  });

  test('that is only now and then there is not told', () => {
    const [first, ...rest] = plugs('01', usual, 0);
    const sometimes = [...plugs('01', [100], 1000), ...rest.map((sample) => ({ ...sample }))];
    expect(first).toBeDefined();
    expect(table(plugs('00', usual, 0), sometimes)?.machines[0]?.steps[0]?.waits).toEqual([]);
  });
});

describe('nothing is marked, and that is said,', () => {
  test('with single boots', () => {
    const found = table(plugs('00', [100]), plugs('01', [300]));
    expect(found?.machines[0]?.steps).toMatchObject([{ verdict: 'unknown', phases: [] }]);
    expect(found?.machines[0]).not.toHaveProperty('noise');
    expect(found?.warnings).toEqual([
      expect.stringMatching(/^nothing is marked: it takes 3 boots of every combination/),
    ]);
  });

  test('beside the one combination that has too few', () => {
    const found = table(plugs('00', usual), plugs('01', slow.slice(1)), plugs('10', usual), plugs('11', slow));
    expect(found?.machines[0]?.steps.map(({ verdict }) => verdict)).toEqual(['unknown', 'alike', 'unknown', 'slower']);
    expect(found?.warnings).toEqual([expect.stringMatching(/^2 of 4 steps are not judged/)]);
  });

  test('of restored boots, which repeat one guest', () => {
    const restored = { bootMode: 'snapshot' } as const;
    const found = table(plugs('00', usual, 0, restored), plugs('01', slow, 0, restored));
    expect(found?.machines[0]?.steps).toMatchObject([{ verdict: 'unknown' }]);
    expect(found?.warnings).toEqual([expect.stringMatching(/restored boots repeat the guest/)]);
  });
});

test('operations have a table each, in their order, and samples of warm-up are in none', () => {
  const boots = usual.map((latencyMs, index) =>
    goodSample({ operation: 'boot', variant: '00', boot: index + 1, latencyMs }),
  );
  const samples = [...plugs('00', usual), ...plugs('00', slow, 0, { warmup: true }), ...boots];
  const tables = versionTables([grid], samples, () => DEFAULT_THRESHOLD);
  expect(tables.map(({ operation, machines }) => [operation, machines[0]?.cells[0]?.samples])).toEqual([
    ['boot', 3],
    ['plug', 3],
  ]);
});
