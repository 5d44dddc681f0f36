import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunFile } from '../record/run-file.ts';
import type { GoodSample } from '../vocabulary.ts';
import { type BaseRuns, compareRuns, hasRegressed, type MeasuredRun, readMeasuredRun } from './compare-runs.ts';
import { writtenNights } from './test-night.ts';

/** A run with ten boots, of which each latency is as given. */
async function measuredRun(label: string, change: (sample: GoodSample) => Partial<GoodSample> = () => ({})) {
  const { directories } = await writtenNights(1, 2);
  const read = await readMeasuredRun(directories[0] ?? '', label);
  if (!read.ok) throw new Error(read.failure);
  const good = read.value.samples.filter((sample) => sample.outcome === 'ok');
  const samples = good.flatMap((sample) =>
    Array.from({ length: 5 }, (_, index) => {
      const own = { ...sample, boot: sample.boot + 2 * index, order: sample.order + 100 * index };
      return { ...own, latencyMs: own.latencyMs * (1 + index / 1000), ...change(own) };
    }),
  );
  return { ...read.value, samples };
}

const of = (run: MeasuredRun, file: Partial<MeasuredRun['file']>): MeasuredRun => ({
  ...run,
  file: { ...run.file, ...file },
});
/** Runs that hardly differ, as earlier ones have shown. */
const calm = { betweenRunsOf: () => ({ sd: 0.001, degrees: 30, runs: 31, boots: 10 }) };
const verdicts = (base: MeasuredRun, current: MeasuredRun, options = {}) =>
  compareRuns([base], current, { ...calm, ...options }).comparisons.map(
    (one) => `${one.variant} ${one.operation} ${one.verdict}`,
  );

describe('compareRuns', () => {
  test('a run with itself has nothing that changed', async () => {
    const run = await measuredRun('base');
    const { comparisons, added, forced } = compareRuns([run], run, calm);
    expect(new Set(comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['unchanged']));
    expect({ added, forced, regressed: hasRegressed(comparisons) }).toEqual({
      added: [],
      forced: false,
      regressed: false,
    });
  });

  test('a slower operation is the only one that regressed, with the phase that moved', async () => {
    const base = await measuredRun('base');
    const current = await measuredRun('new', ({ operation, variant, latencyMs, phases }) =>
      operation === 'plug' && variant === 'shpc-01'
        ? {
            latencyMs: latencyMs + 1000,
            phases: phases.map((one) =>
              one.name === 'button-wait' ? { ...one, durationMs: one.durationMs + 1000 } : one,
            ),
          }
        : {},
    );
    const { comparisons } = compareRuns([base], current, calm);
    const changed = comparisons.filter(({ verdict }) => verdict !== 'unchanged');
    expect(changed).toMatchObject([{ variant: 'shpc-01', operation: 'plug', verdict: 'regressed' }]);
    expect(changed[0]?.phases.map(({ phase }) => phase)).toEqual(['button-wait']);
    expect(hasRegressed(comparisons)).toBe(true);
  });

  test('what a filter left out on purpose is not missing, what is not there in spite of it is', async () => {
    const base = await measuredRun('base');
    const partOf = (filter: string) => {
      const samples = base.samples.filter(({ variant }) => variant === 'shpc-01');
      const plan = { hash: '', boots: 10, choices: { filter }, shard: null };
      return { ...of(base, { run_id: 'new', plan: plan as unknown as NonNullable<RunFile['plan']> }), samples };
    };
    const verdictsOf = (run: MeasuredRun) =>
      compareRuns([base], run, calm).comparisons.map(({ variant, verdict }) => `${variant} ${verdict}`);
    expect(new Set(verdictsOf(partOf('shpc-01')))).toEqual(new Set(['shpc-01 unchanged']));
    expect(new Set(verdictsOf(partOf('shpc')))).toEqual(new Set(['shpc-01 unchanged', 'shpc-02 missing']));
  });

  test('five runs as a base show how much runs differ, where nothing else does', async () => {
    const scattered = async (index: number) => {
      const factor = 1 + 0.002 * index;
      const run = await measuredRun(`run ${index}`, ({ latencyMs }) => ({ latencyMs: latencyMs * factor }));
      return of(run, { run_id: `run-${index}` });
    };
    const [first, ...others] = await Promise.all([0, 3, 1, 4, 2].map(scattered));
    if (!first) throw new Error('runs were expected');
    const current = await measuredRun('new', ({ latencyMs }) => ({ latencyMs: latencyMs * 1.1 }));
    const verdictsOf = (bases: BaseRuns) =>
      new Set(compareRuns(bases, current).comparisons.map(({ verdict }) => verdict));
    expect(verdictsOf([first])).toEqual(new Set(['undecided']));
    expect(verdictsOf([first, ...others])).toEqual(new Set(['regressed']));
  });

  test('in virtual time three per cent of a phase of work are a regression, whatever share of the latency they are', async () => {
    const virtual = (factor: number) => (sample: GoodSample) => ({
      clock: 'virtual' as const,
      latencyMs: 6000,
      phases: [
        { name: 'button-wait', kind: 'fixed-wait' as const, startMs: 0, durationMs: 5999 },
        { name: 'enumeration', kind: 'guest' as const, startMs: 5999, durationMs: 1 },
      ].map((one) =>
        one.name === 'enumeration' && sample.operation === 'plug' ? { ...one, durationMs: factor } : one,
      ),
    });
    const base = await measuredRun('base', virtual(1));
    const { comparisons } = compareRuns([base], await measuredRun('new', virtual(1.03)), calm);
    expect(new Set(comparisons.map(({ operation, verdict }) => `${operation} ${verdict}`))).toEqual(
      new Set(['boot unchanged', 'plug regressed', 'unplug unchanged']),
    );
    expect(comparisons.find(({ operation }) => operation === 'plug')?.phases).toMatchObject([{ phase: 'enumeration' }]);
    expect(hasRegressed(compareRuns([base], base, calm).comparisons)).toBe(false);
  });

  test('the threshold is that of the current run', async () => {
    const base = await measuredRun('base');
    const slower = await measuredRun('new', ({ latencyMs }) => ({ latencyMs: latencyMs * 1.1 }));
    const threshold = { relative: 0.2, absolute_ms: 0 };
    const [scenario] = slower.file.scenarios;
    if (!scenario) throw new Error('the run has a scenario');
    const tolerant = of(slower, { scenarios: [{ ...scenario, threshold }] });
    expect(verdicts(base, slower)).toContain('shpc-01 plug regressed');
    expect(verdicts(base, tolerant)).toContain('shpc-01 plug unchanged');
    expect(verdicts(tolerant, of(base, { scenarios: [] }))).toContain('shpc-01 plug unchanged');
  });

  test.each([
    ['host', 'hostname', 'other'],
    ['host kernel', 'kernel', '6.9'],
    ['QEMU', 'qemu', '9.0'],
  ])('another %s is named, and only compared when it is forced', async (name, key, value) => {
    const base = await measuredRun('base');
    const current = of(base, { hosts: [], host: { ...base.file.host, [key]: value } });
    const { comparisons } = compareRuns([base], current, calm);
    expect(new Set(comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['incomparable']));
    expect(comparisons[0]?.differences).toEqual([expect.stringMatching(new RegExp(`^${name}: .+ → ${value}$`))]);
    const forced = compareRuns([base], current, { ...calm, force: true });
    expect(forced.forced).toBe(true);
    expect(forced.comparisons[0]?.verdict).toBe('unchanged');
    expect(forced.comparisons[0]?.warnings.join()).toContain(name);
  });

  test('a host that had more to do than before is told, where it had more to do than it has CPUs', async () => {
    const base = await measuredRun('base');
    const loaded = (load: number) => of(base, { host: { ...base.file.host, load, cores: 2 } });
    const warningsOf = (before: number, now: number) =>
      compareRuns([loaded(before)], loaded(now), calm).comparisons[0]?.warnings.join();
    expect(warningsOf(0.2, 5.5)).toContain('the host was busy before this run (load 5.5, before base 0.2)');
    expect([warningsOf(0.2, 1.9), warningsOf(5.4, 5.5)]).toEqual(['', '']);
  });

  test('where others had the CPUs during a run, nothing is decided about its latencies, unless it is forced', async () => {
    const base = await measuredRun('base');
    const slow = await measuredRun('new', ({ latencyMs }) => ({ latencyMs: latencyMs * 2 }));
    const use = { load: 6, other_cpus: 2, steal_share: 0 };
    const busy = of(slow, { noise: [], boots: slow.file.boots.map((boot) => ({ ...boot, host_use: use })) });
    expect(verdicts(base, slow)[0]).toContain('regressed');
    expect(verdicts(base, busy)[0]).toContain('undecided');
    expect(verdicts(base, busy, { force: true })[0]).toContain('regressed');
  });

  test('a host that was not quiet is told of either run, as far as its run.json says', async () => {
    const run = await measuredRun('base');
    const noise = [{ what: 'load', text: 'other programs use 1.4 of 2 CPUs (load 9.9)' }];
    const warningsOf = (before: object, now: object) =>
      compareRuns([of(run, before)], of(run, now), calm).comparisons[0]?.warnings;
    const told = ['the host was not quiet for base: before it began: other programs use 1.4 of 2 CPUs (load 9.9)'];
    expect(warningsOf({ noise }, { noise: [] })).toEqual(told);
    expect(warningsOf({ noise: [] }, { noise })).toEqual(told);
    expect(warningsOf({ noise: [] }, { noise: [] })).toEqual([]);
  });

  test('a variant that is not there any more is missing, one that is new is named', async () => {
    const base = await measuredRun('base');
    const one = { ...base, samples: base.samples.filter(({ variant }) => variant === 'shpc-01') };
    expect(verdicts(base, one)).toContain('shpc-02 plug missing');
    expect(compareRuns([one], base, calm).added).toContainEqual({
      scenario: 'nightly',
      variant: 'shpc-02',
      operation: 'plug',
    });
  });
});

describe('readMeasuredRun', () => {
  const edit = (file: string, from: string, to: string) =>
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

  test.each<[string, (directory: string) => void, string]>([
    ['that is still going on', (d) => edit(join(d, 'run.json'), '"complete"', '"partial"'), 'status is partial'],
    ['of another version', (d) => edit(join(d, 'run.json'), '"schema_version": 1', '"schema_version": 2'), 'not 1'],
    ['whose run.json is cut off', (d) => truncateSync(join(d, 'run.json'), 3000), 'is cut off or no JSON'],
    ['without run.json', (d) => rmSync(join(d, 'run.json')), 'it has no run.json'],
    ['without samples', (d) => rmSync(join(d, 'samples.csv')), 'samples.csv cannot be read'],
    [
      'whose samples are cut off in a row',
      (d) => truncateSync(join(d, 'samples.csv'), 1500),
      'cut off in its last line',
    ],
    [
      'whose samples are cut off after a row',
      (d) => {
        const rows = readFileSync(join(d, 'samples.csv'), 'utf8').split('\n');
        writeFileSync(join(d, 'samples.csv'), `${rows.slice(0, 5).join('\n')}\n`);
      },
      'samples.csv has 4 rows of 10',
    ],
  ])('refuses a run %s', async (_, spoil, message) => {
    const { directories } = await writtenNights(1, 1);
    const [directory = ''] = directories;
    spoil(directory);
    const read = await readMeasuredRun(directory);
    expect(read.ok ? '' : read.failure).toContain(message);
    expect(read.ok ? '' : read.failure).toContain(`${directory} cannot be compared`);
  });
});
