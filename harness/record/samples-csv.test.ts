import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../any-text.fixture.ts';
import { failedSample } from '../timeline/test-sample.ts';
import type { GoodSample, Sample } from '../vocabulary.ts';
import { createCsvFile, csvHeader, csvRows } from './csv-file.ts';
import { PHASE_COLUMNS, phaseRows } from './phases-csv.ts';
import { SAMPLE_COLUMNS } from './samples-csv.ts';

const sampleRow = (sample: Sample) => csvRows(SAMPLE_COLUMNS, [sample]);
const detailColumn = SAMPLE_COLUMNS.findIndex(([name]) => name === 'detail');

const sample: GoodSample = {
  runId: '20260102T030405Z-quick',
  scenario: 'quick',
  variant: 'shpc',
  topology: 'shpc-bridge',
  controller: 'shpchp',
  kernel: '6.1.0-56-amd64',
  accelerator: 'tcg',
  clock: 'real',
  boot: 1,
  bootMode: 'fresh',
  jobs: 1,
  expected: true,
  losses: ['agent-lines', 'kernel-lines'],
  startMs: 12.5,
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
  phases: [
    { name: 'notify', kind: 'host', startMs: 0, durationMs: 1.5 },
    { name: 'button-wait', kind: 'fixed-wait', startMs: 1.5, durationMs: 6121.9567891 },
  ],
};

describe('samples.csv', () => {
  test('has the columns of the contract, in its order', () => {
    expect(csvHeader(SAMPLE_COLUMNS).trim()).toBe(
      'run_id,scenario,variant,topology,controller,kernel,accelerator,clock,boot,boot_mode,cycle,sequence,' +
        'operation,device,device_id,outcome,latency_ms,started_at,order,detail,warmup,expected,offset_ms,' +
        'start_ms,burst,burst_size,jobs,wall_ms,losses,refused_after_ms',
    );
  });

  test('a row keeps nanoseconds and says what kind of clock and boot it was', () => {
    expect(sampleRow(sample)).toBe(
      '20260102T030405Z-quick,quick,shpc,shpc-bridge,shpchp,6.1.0-56-amd64,tcg,real,1,fresh,2,1,plug,virtio-blk,disk,' +
        'ok,6123.456789,2026-01-02T03:04:05.678Z,9,,false,true,,12.500000,,1,1,,agent-lines kernel-lines,\n',
    );
  });

  test('a failed operation leaves the latency empty, not 0', () => {
    const { startedAt } = sample;
    expect(sampleRow(failedSample('timeout', { startedAt, detail: 'nothing within 5 ms' }))).toContain(
      ',timeout,,2026-',
    );
  });

  test('any text in a cell comes back as it was', () => {
    fc.assert(
      fc.property(anyText(), (detail) => {
        const [row] = parse(sampleRow({ ...sample, detail }), { relax_column_count: true, record_delimiter: '\n' });
        expect(row?.[detailColumn]).toBe(detail);
      }),
    );
  });

  test('each appended row is in the file before the next', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'samples-')), 'samples.csv');
    const file = createCsvFile(path, SAMPLE_COLUMNS);
    file.append([sample]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    file.append([{ ...sample, order: 10 }]);
    expect(parse(readFileSync(path, 'utf8'), { columns: true })).toHaveLength(2);
    file.close();
  });

  test('a plug during the boot has its offset, one of several at once their number and what tells them from others', () => {
    expect(sampleRow({ ...sample, offsetMs: 512.25, burst: { first: 3, size: 8 } })).toContain(
      ',false,true,512.250000,12.500000,3,8,1,,agent-lines kernel-lines,\n',
    );
  });

  test('a file that is gone on with begins with the rows it is given, whatever was in it', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'samples-')), 'samples.csv');
    createCsvFile(path, SAMPLE_COLUMNS, [sample, { ...sample, order: 10 }]).close();
    const file = createCsvFile(path, SAMPLE_COLUMNS, [sample]);
    file.append([{ ...sample, order: 11 }]);
    file.close();
    const rows = parse(readFileSync(path, 'utf8'), { columns: true }) as readonly { readonly order: string }[];
    expect(rows.map(({ order }) => order)).toEqual(['9', '11']);
  });
});

describe('phases.csv', () => {
  test('has the columns of the contract, and a row per phase', () => {
    expect(csvHeader(PHASE_COLUMNS) + csvRows(PHASE_COLUMNS, phaseRows([sample]))).toBe(
      [
        'run_id,scenario,variant,clock,boot,cycle,sequence,operation,device_id,phase,start_ms,duration_ms,kind,warmup,boot_mode',
        '20260102T030405Z-quick,quick,shpc,real,1,2,1,plug,disk,notify,0.000000,1.500000,host,false,fresh',
        '20260102T030405Z-quick,quick,shpc,real,1,2,1,plug,disk,button-wait,1.500000,6121.956789,fixed-wait,false,fresh',
        '',
      ].join('\n'),
    );
  });
});
