import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import { BOOT_MODES, OPERATIONS, OUTCOMES, type Phase, type Sample } from '../vocabulary.ts';
import { csvHeader, csvRows } from './csv-file.ts';
import { PHASE_COLUMNS, phaseRows, readSamples } from './phases-csv.ts';
import { SAMPLE_COLUMNS } from './samples-csv.ts';

const directory = mkdtempSync(join(tmpdir(), 'read-samples-'));
const samplesText = (samples: readonly Sample[]) => csvHeader(SAMPLE_COLUMNS) + csvRows(SAMPLE_COLUMNS, samples);
const phasesText = (samples: readonly Sample[]) =>
  csvHeader(PHASE_COLUMNS) + csvRows(PHASE_COLUMNS, phaseRows(samples));

function written(samples: string, phases: string, rows = 1) {
  writeFileSync(join(directory, 'samples.csv'), samples);
  writeFileSync(join(directory, 'phases.csv'), phases);
  return readSamples(directory, { run_id: 'r', status: 'complete', outcomes: { ok: rows } });
}

/** Times are kept to the nanosecond. */
const ms = fc.integer({ min: 0, max: 1e12 }).map((ns) => ns / 1e6);
const phase = fc.record({
  name: fc.constantFrom('notify', 'button-wait', 'unattributed'),
  kind: fc.constantFrom('host', 'guest', 'fixed-wait'),
  durationMs: ms,
});
/** As a cell has it. */
const rounded = (value: number) => Number(value.toFixed(6));
/** One after the other, as the phases of a sample are. */
const inRow = (phases: readonly Omit<Phase, 'startMs'>[]) => {
  let endMs = 0;
  const once = phases.filter(({ name, durationMs }, at) => durationMs > 0 || name !== phases[at - 1]?.name);
  return once.map((one) => {
    const startMs = endMs;
    endMs = rounded(startMs + one.durationMs);
    return { ...one, startMs };
  });
};
const sample: fc.Arbitrary<Sample> = fc
  .record({
    boot: fc.nat({ max: 3 }),
    bootMode: fc.constantFrom(...BOOT_MODES),
    cycle: fc.nat({ max: 3 }),
    warmup: fc.boolean(),
    operation: fc.constantFrom(...OPERATIONS),
    outcome: fc.constantFrom(...OUTCOMES),
    expected: fc.boolean(),
    burst: fc.option(fc.record({ first: fc.nat(), size: fc.integer({ min: 2, max: 9 }) }), { nil: undefined }),
    offsetMs: fc.option(ms, { nil: undefined }),
    startMs: ms,
    detail: fc.string(),
    phases: fc.array(phase, { maxLength: 3 }),
  })
  .map(({ outcome, phases: unplaced, burst, offsetMs, ...rest }): Sample => {
    const own = { ...rest, ...(burst && { burst }), ...(offsetMs !== undefined && { offsetMs }) };
    const phases = inRow(unplaced);
    const latencyMs = phases.reduce((_, { startMs, durationMs }) => rounded(startMs + durationMs), 0);
    return outcome === 'ok' ? goodSample({ ...own, latencyMs, phases }) : failedSample(outcome, own);
  });
const samples = fc
  .array(sample, { maxLength: 8 })
  .map((all) => all.map((one, index) => ({ ...one, order: index + 1, sequence: index })));

describe('readSamples', () => {
  test('gives back what was written, with its phases', () => {
    fc.assert(
      fc.property(samples, (all) => {
        expect(written(samplesText(all), phasesText(all), all.length)).toEqual({ ok: true, value: all });
      }),
    );
  });

  test('reads a file from before the later columns, as what held then', () => {
    const later = [
      'boot_mode',
      'warmup',
      'expected',
      'offset_ms',
      'start_ms',
      'burst',
      'burst_size',
      'jobs',
      'wall_ms',
      'losses',
    ];
    const own = SAMPLE_COLUMNS.filter(([name]) => !later.includes(name));
    const ofPhases = PHASE_COLUMNS.filter(([name]) => !later.includes(name) || name === 'start_ms');
    const phases = [{ name: 'notify', kind: 'host' as const, startMs: 0, durationMs: 5 }];
    const all = [goodSample({ latencyMs: 5, phases }), failedSample('timeout', { order: 2, cycle: 2 })];
    const read = written(
      csvHeader(own) + csvRows(own, all),
      csvHeader(ofPhases) + csvRows(ofPhases, phaseRows(all)),
      all.length,
    );
    expect(read).toEqual({ ok: true, value: all });
  });

  test.each([
    ['no phase', []],
    ['a phase less at the end', [[0, 2]]],
    [
      'a phase less in the middle',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      'a phase twice',
      [
        [0, 2],
        [0, 2],
        [2, 3],
      ],
    ],
    [
      'a phase of another duration',
      [
        [0, 2],
        [2, 4],
      ],
    ],
  ])('refuses %s of a latency of 5 ms', (_, stretches) => {
    const phases = stretches.map(([startMs = 0, durationMs = 0]) => ({
      name: 'x',
      kind: 'guest' as const,
      startMs,
      durationMs,
    }));
    const samples = [goodSample({ latencyMs: 5, phases })];
    expect(written(samplesText(samples), phasesText(samples))).toEqual({
      ok: false,
      failure: expect.stringMatching(/do not add up|once more/),
    });
  });

  test.each(['0x10', '1e3', '-1', '1e400', ' 5', '٣'])('refuses the latency %s', (latency) => {
    const text = samplesText([goodSample({ latencyMs: 5 })]).replace(',5.000000,', `,${latency},`);
    expect(written(text, phasesText([]))).toEqual({ ok: false, failure: expect.stringContaining('its latency_ms is') });
  });

  test('refuses a file that is cut off anywhere but at the end of a line', () => {
    const text = samplesText([goodSample({ latencyMs: 5 })]);
    for (let length = 0; length < text.length; length++) {
      if (text[length - 1] === '\n') continue;
      expect(written(text.slice(0, length), phasesText([]))).toMatchObject({ ok: false });
    }
  });

  test.each([
    ['an outcome it does not know', (row: string) => row.replace(',ok,', ',fine,'), 'row 2'],
    ['an ok sample without a latency', (row: string) => row.replace(/,ok,[\d.]+,/, ',ok,,'), 'row 2'],
    ['a failed sample with one', (row: string) => row.replace(',ok,', ',timeout,'), 'row 2'],
    ['a row with fewer columns', (row: string) => row.replace(/(,[^,]*){3}\n$/, '\n'), 'Invalid Record Length'],
  ])('refuses %s', (_, spoil, message) => {
    const text = csvHeader(SAMPLE_COLUMNS) + spoil(csvRows(SAMPLE_COLUMNS, [goodSample({ latencyMs: 5 })]));
    const read = written(text, phasesText([]));
    expect(read.ok ? '' : read.failure).toContain(message);
  });
});
