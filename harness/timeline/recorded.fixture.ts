import { readdirSync, readFileSync } from 'node:fs';
import { parseRecording } from '../record/boots-on-disk.ts';
import type { Recording } from './recording.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);

/** For tests: the recording of a real boot, `acpi-root-port` or `start/fresh`. */
export function recorded(name: string): Recording {
  const recording = parseRecording(readFileSync(new URL(`${name}.jsonl`, FIXTURES), 'utf8'));
  if (!recording.ok) throw new Error(`${name}: ${recording.failure}`);
  return recording.value;
}

/** For tests: names of all recordings in a folder, without it. */
export function recordedIn(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, FIXTURES)).map((file) => file.replace('.jsonl', ''));
}
