import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording } from '../record/read-recording.ts';
import { analyse } from './analyse.ts';
import { lossesIn } from './losses.ts';
import type { RecordedEvent } from './recording.ts';

const read = parseRecording(readFileSync(new URL('fixtures/shpc-bridge.jsonl', import.meta.url), 'utf8'));
if (!read.ok) throw new Error(read.failure);
const { header, events } = read.value;

/** The recording, whose kernel had another line at the place of the first one of its log. */
function saying(text: string): readonly RecordedEvent[] {
  let isFirst = true;
  return events.map((event) => {
    if (event.source !== 'agent' || event.direction !== 'received' || event.message.kind !== 'kmsg' || !isFirst)
      return event;
    isFirst = false;
    return { ...event, message: { ...event.message, fields: { ...event.message.fields, text } } };
  });
}

test.each([
  ['APIC delta adjusted to PM-Timer: 6358564 (977)', "the guest's timers run 1.7 % too late"],
  ['APIC delta adjusted to PM-Timer: 6206250 (977)', "the guest's timers run 0.7 % too early"],
])('"%s" is said, and every operation of the boot carries it', (text, said) => {
  const wrong = saying(text);
  expect(lossesIn(wrong)).toMatchObject([{ kind: 'timer-rate', detail: expect.stringContaining(said) }]);
  expect(analyse(wrong, header.controller).map(({ losses }) => losses)).toEqual([
    ['timer-rate'],
    ['timer-rate'],
    ['timer-rate'],
  ]);
});

test.each(['APIC delta adjusted to PM-Timer: 6252177 (5748131)', 'tsc: Detected 2096.000 MHz processor'])(
  '"%s" is nothing to say',
  (text) => {
    expect(lossesIn(saying(text))).toEqual([]);
  },
);
