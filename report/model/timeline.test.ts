import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../harness/project-root.ts';
import { linesAbout } from './timeline.ts';

const fixture = join(projectRoot, 'harness', 'timeline', 'fixtures', 'shpc-bridge.jsonl');
const recording = readFileSync(fixture, 'utf8');
const lines = recording.trimEnd().split('\n');
const beginOf = (operation: string) =>
  lines.findIndex((line) => line.includes(`"begin","operation":{"operation":"${operation}"`));
const plug = { operation: 'plug', cycle: 1, sequence: 1, deviceId: 'disk' } as const;

test('an operation comes with the gaps around it, without its neighbours', () => {
  const about = linesAbout(recording, plug);
  const bootEnd = lines.findIndex((line) => line.includes('"event":"end"'));
  expect(about).toEqual(lines.slice(bootEnd + 1, beginOf('unplug')));
});

test('the last one comes with everything until the end', () => {
  const about = linesAbout(recording, { ...plug, operation: 'unplug', sequence: 2 });
  expect(about.at(-1)).toBe(lines.at(-1));
});

test('one that is not there has no lines', () => {
  expect(linesAbout(recording, { ...plug, cycle: 2 })).toEqual([]);
  expect(linesAbout('', plug)).toEqual([]);
});

test('operations under way at the same time come together', () => {
  const begin = (number: number, deviceId: string) =>
    JSON.stringify({ atMs: 1, source: 'harness', event: 'begin', operation: { ...plug, number, deviceId } });
  const end = (operation: number) => JSON.stringify({ atMs: 2, source: 'harness', event: 'end', operation });
  const together = ['{}', begin(1, 'a'), begin(2, 'b'), end(1), end(2), 'gap', begin(3, 'c'), end(3)];
  const about = linesAbout(`${together.join('\n')}\n`, { ...plug, deviceId: 'b' });
  expect(about).toEqual(together.slice(1, 6));
});
