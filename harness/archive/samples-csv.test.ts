import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sample } from '../timeline/sample.ts';
import { createSamplesFile, SAMPLE_COLUMNS, sampleRow } from './samples-csv.ts';

const sample: Sample = {
  runId: '20260102T030405Z-quick',
  scenario: 'quick',
  variant: 'shpc',
  topology: 'shpc-bridge',
  controller: 'shpchp',
  kernel: '6.1.0-56-amd64',
  accelerator: 'tcg',
  boot: 1,
  cycle: 2,
  warmup: false,
  sequence: 1,
  operation: 'plug',
  device: 'virtio-blk',
  deviceId: 'disk',
  outcome: 'ok',
  latencyMs: 6123.4567891,
  startedAt: new Date('2026-01-02T03:04:05.678Z'),
  order: 9,
  detail: '',
};

describe('samples.csv', () => {
  test('has the columns of the contract, in its order', () => {
    expect(SAMPLE_COLUMNS.join()).toBe(
      'run_id,scenario,variant,topology,controller,kernel,accelerator,clock,boot,boot_mode,cycle,sequence,' +
        'operation,device,device_id,outcome,latency_ms,started_at,order,detail,warmup',
    );
  });

  test('a row keeps nanoseconds and says what kind of clock and boot it was', () => {
    expect(sampleRow(sample)).toBe(
      '20260102T030405Z-quick,quick,shpc,shpc-bridge,shpchp,6.1.0-56-amd64,tcg,real,1,fresh,2,1,plug,virtio-blk,disk,' +
        'ok,6123.456789,2026-01-02T03:04:05.678Z,9,,false\n',
    );
  });

  test('a failed operation leaves the latency empty, not 0', () => {
    const { latencyMs: _none, ...failed } = sample;
    expect(sampleRow({ ...failed, outcome: 'timeout', detail: 'nothing within 5 ms' })).toContain(',timeout,,2026-');
  });

  test('any text in a cell comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (detail) => {
        const [row] = parse(sampleRow({ ...sample, detail }), { relax_column_count: true, record_delimiter: '\n' });
        expect(row?.[SAMPLE_COLUMNS.indexOf('detail')]).toBe(detail);
      }),
    );
  });

  test('each appended row is in the file before the next', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'samples-')), 'samples.csv');
    const file = createSamplesFile(path);
    file.append(sample);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    file.append({ ...sample, order: 10 });
    expect(parse(readFileSync(path, 'utf8'), { columns: true })).toHaveLength(2);
    file.close();
  });

  test('an existing file is never written over', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'samples-')), 'samples.csv');
    createSamplesFile(path).close();
    expect(() => createSamplesFile(path)).toThrow('EEXIST');
  });
});
