import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AgentMessage } from '../../guest/protocol.ts';
import { fail, ok, type Result } from '../../result.ts';
import { lossesIn } from '../../timeline/losses.ts';
import type { RecordingHeader } from '../../timeline/recording.ts';
import { markerIntake } from './marker-intake.ts';
import { openRecorder } from './recorder.ts';

const HEADER: RecordingHeader = {
  ...{ recording: 1, runId: '', scenario: '', variant: '', topology: '', controller: 'shpchp' },
  ...{ accelerator: 'tcg', boot: 1, startedAt: '' },
};

const message = (sequence: number, kind = 'kmsg', fields: Record<string, string> = {}): AgentMessage => ({
  ...{ sequence, guestNs: sequence, kind },
  fields,
});
const WINDOW = message(2, 'window', { lines: '3', bytes: '300', pages: '1f:1' });
const KEPT = [message(3, 'tie'), message(4, 'tie'), message(5, 'done')];

function intake() {
  const file = join(mkdtempSync(join(tmpdir(), 'intake-')), 'recording.jsonl');
  const recorder = openRecorder(file, HEADER, process.hrtime.bigint());
  let answer: (read: Result<readonly AgentMessage[], string>) => void = () => {};
  let resends = 0;
  const { take, end } = markerIntake(recorder, {
    read: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    resend: () => {
      resends += 1;
    },
  });
  return {
    recorder,
    end,
    say: (...messages: AgentMessage[]) => {
      for (const one of messages) take(one, process.hrtime.bigint());
    },
    read: async (read: Result<readonly AgentMessage[], string>) => {
      answer(read);
      await new Promise(setImmediate);
    },
    numbers: () =>
      recorder.events.flatMap((event) =>
        event.source === 'agent' && event.direction === 'received' ? [event.message.sequence] : [],
      ),
    kinds: () => lossesIn(recorder.events, { agent: 0 }).map(({ kind }) => kind),
    resends: () => resends,
  };
}

test('what comes while messages are read from memory is recorded behind them', async () => {
  const { say, read, numbers, kinds } = intake();
  say(message(1), WINDOW, message(6, 'usable'));
  expect(numbers()).toEqual([1, 2]);
  await read(ok(KEPT));
  say(message(7));
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(kinds()).toEqual([]);
});

test('messages that cannot be read there are asked for over the line, and that is said', async () => {
  const { say, read, numbers, kinds, resends } = intake();
  say(message(1), WINDOW, message(6, 'usable'));
  await read(fail('a page was moved'));
  expect(resends()).toBe(1);
  say(...KEPT, message(7, 'resent'), message(8));
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(kinds()).toEqual(['window-unread']);
});

test('one that is lost then, too, is missing', async () => {
  const { say, read, kinds } = intake();
  say(message(1), WINDOW);
  await read(fail('a page was moved'));
  say(...KEPT.slice(1), message(6, 'resent'));
  expect(kinds()).toEqual(['window-unread', 'agent-lines']);
});

test('a second journal is read after the first', async () => {
  const { say, read, numbers } = intake();
  say(message(1), WINDOW, message(6, 'window', { lines: '1', bytes: '100', pages: '1f:1' }), message(8));
  await read(ok(KEPT));
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6]);
  await read(ok([message(7)]));
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('when the channel ends, nothing is held back', async () => {
  const { say, read, end, numbers } = intake();
  say(message(1), WINDOW, message(6));
  await read(fail('QEMU is gone'));
  end();
  expect(numbers()).toEqual([1, 2, 6]);
});
