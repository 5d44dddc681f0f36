import type { Operation } from '../../harness/timeline/recording.ts';

const EDGE = /"source":"harness","event":"(begin|end)"/g;

/** What tells an operation from the others of its boot. */
export type OperationIdentity = Pick<Operation, 'operation' | 'cycle' | 'sequence'> & { readonly deviceId: string };

/**
 * The lines of a recording that are about one operation and those under way at the same time, with the gaps before and
 * after, in which the clocks are read and the guest hands over its journal. Recordings of long boots have megabytes of
 * JSON, of which a report needs a few hundred lines. The header is not among them. Empty when the operation is not there.
 */
export function linesAbout(recording: string, wanted: OperationIdentity): readonly string[] {
  const end = recording.lastIndexOf('\n') + 1;
  // Behind the header, and behind each moment at which nothing was under way.
  let quiet = recording.indexOf('\n') + 1;
  let from = quiet;
  let open = 0;
  let found = false;
  for (const { 1: edge, index } of recording.matchAll(EDGE)) {
    if (index >= end) break;
    const lineEnd = recording.indexOf('\n', index) + 1;
    if (edge === 'begin') {
      const lineStart = recording.lastIndexOf('\n', index) + 1;
      if (open === 0) {
        if (found) return linesIn(recording, from, lineStart);
        from = quiet;
      }
      open += 1;
      found ||= isAbout(recording.slice(lineStart, lineEnd), wanted);
    } else {
      open = Math.max(0, open - 1);
      if (open === 0) quiet = lineEnd;
    }
  }
  return found ? linesIn(recording, from, end) : [];
}

function linesIn(recording: string, from: number, to: number): readonly string[] {
  return recording.slice(from, to).split('\n').slice(0, -1);
}

function isAbout(line: string, wanted: OperationIdentity): boolean {
  try {
    const { operation } = JSON.parse(line) as { operation: Operation };
    return (
      operation.operation === wanted.operation &&
      operation.cycle === wanted.cycle &&
      operation.sequence === wanted.sequence &&
      (operation.deviceId ?? '') === wanted.deviceId
    );
  } catch {
    return false;
  }
}
