import type { Timeline } from '../model/timeline.ts';
import { unitOf } from '../words.ts';

/** Where it was seen, as short as its column. */
const SOURCES = { QMP: 'QMP', 'guest kernel': 'kernel', uevent: 'uevent', agent: 'agent' } as const;

/**
 * Everything that was seen during a sample, a line for each: when, how long after the line before, where, and what; the
 * phases as headings between them. As text and not as a table, with tabs between the columns: there are thousands of them
 * in a report.
 */
export function eventLines({ events, phases, sample }: Timeline): string {
  let previousMs = 0;
  let previousPhase = '';
  const lines = events.flatMap(({ atMs, source, text }) => {
    const phase = phases.find(({ startMs, durationMs }) => atMs <= startMs + durationMs) ?? phases.at(-1);
    const name = phase?.name ?? '';
    const since = atMs - previousMs;
    const heading = name === previousPhase ? [] : [`\t\t\t${name}:`];
    previousMs = atMs;
    previousPhase = name;
    return [
      ...heading,
      [atMs.toFixed(2), since < 0.005 ? '' : `+${since.toFixed(2)}`, SOURCES[source], text].join('\t'),
    ];
  });
  return [`${unitOf(sample.clock)}\tlater\tseen in\tline`, ...lines].join('\n');
}
