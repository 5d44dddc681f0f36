import { fail, ok, type Result } from '../result.ts';
import type { RecordedEvent, Recording, RecordingHeader } from '../timeline/recording.ts';

/**
 * Reads the text of a `recording/<boot>.jsonl`. A last line without its end is what a killed harness leaves and is
 * dropped; anything else that is not as written is a failure that names the line.
 */
export function parseRecording(text: string): Result<Recording, string> {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const parsed: unknown[] = [];
  for (const [index, line] of complete.split('\n').slice(0, -1).entries()) {
    try {
      parsed.push(JSON.parse(line));
    } catch {
      return fail(`line ${index + 1} is not JSON`);
    }
  }
  const [header, ...events] = parsed;
  if ((header as RecordingHeader | undefined)?.recording !== 1)
    return fail('line 1 is not the header of a recording, version 1');
  return ok({ header: header as RecordingHeader, events: events as RecordedEvent[] });
}
