import type { Timeline } from '../model/timeline.ts';

/**
 * Everything that was seen during a sample, a line for each: when, how long after the line before, in which phase, where,
 * and what. As text and not as a table: there are thousands of them in a report.
 */
export function eventLines({ events, phases }: Timeline): string {
  const widest = Math.max(5, ...phases.map(({ name }) => name.length));
  let previousMs = 0;
  let previousPhase = '';
  const lines = events.map(({ atMs, source, text }) => {
    const phase = phases.find(({ startMs, durationMs }) => atMs <= startMs + durationMs) ?? phases.at(-1);
    const name = phase?.name ?? '';
    const since = atMs - previousMs;
    const columns = [
      atMs.toFixed(2).padStart(8),
      (since < 0.005 ? '' : `+${since.toFixed(2)}`).padStart(9),
      (name === previousPhase ? '' : name).padEnd(widest),
      source.padEnd(12),
      text,
    ];
    previousMs = atMs;
    previousPhase = name;
    return columns.join('  ');
  });
  const heading = ['ms'.padStart(8), 'later'.padStart(9), 'phase'.padEnd(widest), 'seen in'.padEnd(12), 'line'].join(
    '  ',
  );
  return [heading, ...lines].join('\n');
}
