import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedBoot } from '../plan/schedule.ts';
import { fail, ok, type Result } from '../result.ts';
import { samplesPerBoot } from '../scenario/walk-steps.ts';
import type { RecordedEvent, Recording, RecordingHeader } from '../timeline/recording.ts';
import { isWholeBoot } from '../timeline/whole-boot.ts';

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

/** A boot whose recording is whole. */
export interface WholeBoot {
  /** Of its recording, without `.jsonl`, and of its folder under `logs`. */
  readonly name: string;
  readonly recording: Recording;
}

/** What a run directory has of its plan. */
export interface BootsOnDisk {
  /** In order of execution. */
  readonly whole: readonly WholeBoot[];
  /** Names of recordings that are not whole, that nobody can read, or that are of no boot of the plan. */
  readonly others: readonly string[];
  /** In the order of the plan. */
  readonly left: readonly PlannedBoot[];
}

const RECORDING = '.jsonl';
const FOLDERS = { recordings: 'recording', logs: 'logs' } as const;

/** Compares the recordings of a run directory with the plan. Nothing is changed. */
export async function readBoots(directory: string, planned: readonly PlannedBoot[]): Promise<BootsOnDisk> {
  const expected = new Map(planned.flatMap(withSavedBoot));
  const found = new Map<string, WholeBoot>();
  const others: string[] = [];
  for (const name of await recordingNames(directory)) {
    const text = await readFile(join(directory, FOLDERS.recordings, `${name}${RECORDING}`), 'utf8');
    const parsed = parseRecording(text);
    const key = parsed.ok ? keyOf(parsed.value.header) : '';
    const operations = expected.get(key);
    const isWhole = parsed.ok && operations !== undefined && isWholeBoot(parsed.value.events, operations);
    if (isWhole && !found.has(key)) found.set(key, { name, recording: parsed.value });
    else others.push(name);
  }
  const left = planned.filter((boot) => !found.has(keyOf(named(boot))));
  // A guest that was saved is gone with its run: where boots are left that need it, it is made anew.
  for (const { variant } of left) {
    const key = keyOf({ scenario: variant.scenario, variant: variant.name, boot: 0 });
    const saved = found.get(key);
    if (saved) others.push(saved.name);
    found.delete(key);
  }
  const startedAt = ({ recording }: WholeBoot) => recording.header.startedAt;
  return { whole: [...found.values()].toSorted((a, b) => startedAt(a).localeCompare(startedAt(b))), others, left };
}

/** Removes the recordings and logs of all boots but these. */
export async function keepOnly(directory: string, whole: readonly WholeBoot[]): Promise<void> {
  const kept = new Set(whole.map(({ name }) => name));
  for (const name of await recordingNames(directory)) {
    if (!kept.has(name)) await rm(join(directory, FOLDERS.recordings, `${name}${RECORDING}`));
  }
  for (const name of await readdir(join(directory, FOLDERS.logs))) {
    if (!kept.has(name)) await rm(join(directory, FOLDERS.logs, name), { recursive: true });
  }
}

async function recordingNames(directory: string): Promise<readonly string[]> {
  const files = await readdir(join(directory, FOLDERS.recordings));
  const recordings = files.filter((file) => file.endsWith(RECORDING));
  return recordings.map((file) => file.slice(0, -RECORDING.length)).toSorted();
}

/** A boot with the number of its operations; and the one that is saved for it, which has no passes. */
function withSavedBoot(planned: PlannedBoot): readonly (readonly [key: string, operations: number])[] {
  const { variant } = planned;
  const own = [keyOf(named(planned)), samplesPerBoot(variant)] as const;
  if (variant.bootMode !== 'snapshot') return [own];
  const saved = keyOf({ scenario: variant.scenario, variant: variant.name, boot: 0 });
  return [own, [saved, 1 + variant.bootPlugs.length]];
}

function named({ variant, boot }: PlannedBoot) {
  return { scenario: variant.scenario, variant: variant.name, boot };
}

function keyOf({ scenario, variant, boot }: { scenario: string; variant: string; boot: number }): string {
  return `${scenario} ${variant} ${boot}`;
}
