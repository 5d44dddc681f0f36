import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parseRecording } from '../../record/boots-on-disk.ts';
import type { RecordingHeader } from '../../timeline/recording.ts';
import { openRecorder } from './recorder.ts';

const header: RecordingHeader = {
  recording: 1,
  runId: 'run',
  scenario: 'test',
  variant: 'shpc',
  topology: 'shpc-bridge',
  controller: 'shpchp',
  accelerator: 'tcg',
  boot: 1,
  startedAt: '2026-01-02T03:04:05.000Z',
};
const open = () => {
  const file = join(mkdtempSync(join(tmpdir(), 'recorder-')), 'boot.jsonl');
  return { file, recorder: openRecorder(file, header, 1_000_000n) };
};
const text = (event: { source: string }) => ('text' in event ? event.text : undefined);

test('what was recorded is in the file at once, in milliseconds since the origin', () => {
  const { file, recorder } = open();
  recorder.record({ source: 'console', text: 'hello' }, 3_500_000n);
  const read = parseRecording(readFileSync(file, 'utf8'));
  const events = [{ atMs: 2.5, source: 'console', text: 'hello' }];
  expect(read).toEqual({ ok: true, value: { header: { ...header, ends: true }, events, hasEnd: false } });
});

test('a recording that was closed is whole only as it was written', () => {
  const { file, recorder } = open();
  for (const said of ['one', 'two', 'three']) recorder.record({ source: 'console', text: said });
  recorder.close();
  const written = readFileSync(file, 'utf8');
  const isWhole = (text: string) => {
    const read = parseRecording(text);
    return read.ok && read.value.hasEnd;
  };
  expect(isWhole(written)).toBe(true);
  const lines = written.trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    expect(isWhole(`${lines.toSpliced(index, 1).join('\n')}\n`)).toBe(false);
    expect(isWhole(`${lines.toSpliced(index, 0, line).join('\n')}\n`)).toBe(false);
  }
  expect(isWhole(written.replace('two', 'tvo'))).toBe(false);
  expect(isWhole(written.replace('"boot":1', '"boot":2'))).toBe(false);
  // What a merge does.
  expect(isWhole(written.replace('"runId":"run"', '"runId":"other"'))).toBe(true);
});

test('waiting finds what is there already, from the position it is told', async () => {
  const { recorder } = open();
  recorder.record({ source: 'console', text: 'old' });
  recorder.record({ source: 'console', text: 'new' });
  expect(await recorder.waitFor(0, text, 1000)).toBe('old');
  expect(await recorder.waitFor(1, text, 1000)).toBe('new');
});

test('waiting finds what comes later, and gives undefined when nothing does', async () => {
  const { recorder } = open();
  const later = recorder.waitFor(0, text, 1000);
  recorder.record({ source: 'console', text: 'later' });
  expect(await later).toBe('later');
  expect(await recorder.waitFor(1, text, 1)).toBeUndefined();
});

test('an answer is waited for while anything comes from the machine; what the harness sends or notes is no sign of life', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { recorder } = open();
  const answer = recorder.waitForAnswer(0, text, 1_000);
  let answered: unknown = 'waiting';
  answer.then((given) => {
    answered = given;
  });
  for (let i = 0; i < 5; i += 1) {
    await vi.advanceTimersByTimeAsync(900);
    recorder.record({ source: 'qmp', direction: 'received', message: { event: 'RTC_CHANGE' } });
  }
  recorder.hear();
  expect(answered).toBe('waiting');
  await vi.advanceTimersByTimeAsync(500);
  recorder.record({ source: 'qmp', direction: 'sent', message: {} });
  recorder.record({ source: 'harness', event: 'end' });
  await vi.advanceTimersByTimeAsync(600);
  expect(answered).toBeUndefined();
});

test('after close nothing is recorded any more', () => {
  const { recorder } = open();
  recorder.close();
  recorder.record({ source: 'console', text: 'too late' });
  expect(recorder.events).toEqual([]);
});
