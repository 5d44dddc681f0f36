import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeRecordedRun } from '../../harness/record/recorded-run.fixture.ts';
import { readRunFile } from '../../harness/record/run-file.ts';
import { readSampleRows } from '../../harness/record/samples-csv.ts';
import type { Sample } from '../../harness/vocabulary.ts';
import { readShownSample } from '../model/shown-sample.ts';
import { shownSampleLines } from './shown-sample.ts';

async function recordedRun() {
  const directory = await writeRecordedRun(join(mkdtempSync(join(tmpdir(), 'shown-')), 'run'), { boots: 1 });
  const run = readRunFile(directory);
  if (!run.ok) throw new Error(run.failure.reason);
  const samples = readSampleRows(directory, run.value);
  if (!samples.ok) throw new Error(samples.failure);
  const of = (operation: string) => samples.value.find((sample) => sample.operation === operation) as Sample;
  return { directory, run: run.value, of };
}

test.each(['boot', 'plug', 'unplug'])(
  'a %s has its phases, and host and guest on one axis in order of time',
  async (operation) => {
    const { directory, run, of } = await recordedRun();
    const sample = of(operation);
    const shown = await readShownSample(directory, run, sample);
    if (!shown.ok) throw new Error(shown.failure);
    const { phases, lines } = shown.value;
    expect(phases.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(sample.latencyMs ?? 0, 5);
    const times = lines.map(({ atMs }) => atMs ?? Number.NaN);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const command = { boot: 'cont', plug: 'device_add', unplug: 'device_del' }[operation] ?? '';
    const start = lines.find(
      ({ source, direction }, index) =>
        source === 'QMP' && direction === 'sent' && lines[index]?.text.includes(command),
    );
    expect(start?.atMs).toBe(0);
    // What the guest has logged before or after belongs to another operation.
    const guest = lines.filter(({ source }) => source === 'kernel' || source === 'uevent');
    expect(guest.length).toBeGreaterThan(5);
    expect(guest.every(({ atMs = -1, guestMs }) => atMs >= (times[0] ?? 0) && guestMs !== undefined)).toBe(true);
  },
);

test('a person gets what it was, the phases, the lines, the logs and where they are', async () => {
  const { directory, run, of } = await recordedRun();
  const shown = await readShownSample(directory, run, of('plug'));
  if (!shown.ok) throw new Error(shown.failure);
  const text = shownSampleLines(shown.value).join('\n');
  expect(text).toMatch(/^sample 2 of run-1-0: plug of disk \(virtio-blk\), tiny\/\w boot 1, cycle 1, step 1\nok, \d/);
  expect(text).toMatch(/^driver-probe +guest +\d/m);
  expect(text).toMatch(/^ +0\.000 +to QMP +\{"execute":"device_add"/m);
  expect(text).toContain('the end of qemu.stderr:\n  tiny.');
  expect(text).toContain(`logs: ${join(directory, 'logs', 'tiny.')}`);
});

test('a failed one says how long was waited, and no line can rewrite the terminal', async () => {
  const { directory, run, of } = await recordedRun();
  const { latencyMs: _, ...plug } = of('plug');
  const failed = {
    ...plug,
    outcome: 'timeout',
    detail: 'nothing\u001b[2J\nat all',
    phases: [],
    expected: false,
  } as Sample;
  const shown = await readShownSample(directory, run, failed);
  if (!shown.ok) throw new Error(shown.failure);
  expect(shownSampleLines(shown.value)[1]).toMatch(/^timeout after \d+ ms: nothing\ufffd\[2J; at all$/);
});

test('without its recording it says which file is missing', async () => {
  const { directory, run, of } = await recordedRun();
  rmSync(join(directory, 'recording'), { recursive: true });
  expect(await readShownSample(directory, run, of('plug'))).toEqual({
    ok: false,
    failure: expect.stringMatching(/recording\/tiny.*jsonl: .*ENOENT/),
  });
});
