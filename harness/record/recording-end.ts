import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { RecordingHeader } from '../timeline/recording.ts';

/**
 * The last line of a recording, by which one of which lines were lost, doubled or changed is told from a whole one. Of
 * the header the run's name is left out, which is another after a `merge`.
 */
export interface EndCount {
  /** Counts a line, given with its newline. */
  add(line: string): void;
  /** The last line, with its newline. */
  text(): string;
}

const end = z.object({ recordingEnd: z.literal(1), events: z.number(), crc32: z.string() });

export function countToEnd(header: RecordingHeader): EndCount {
  let events = 0;
  let checksum = crc32(JSON.stringify({ ...header, runId: '' }));
  return {
    add(line) {
      events += 1;
      checksum = crc32(line, checksum);
    },
    text: () => `${JSON.stringify({ recordingEnd: 1, events, crc32: checksum.toString(16).padStart(8, '0') })}\n`,
  };
}

/** Whether a line that has been parsed is meant as the last one. */
export function isEnd(line: unknown): boolean {
  return end.safeParse(line).success;
}
