import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedBoot } from '../plan/schedule.ts';
import { fail, ok, type Result } from '../result.ts';
import { samplesOfStart, samplesPerBoot } from '../scenario/step/walk-steps.ts';
import type { RecordedEvent, Recording } from '../timeline/recording.ts';
import { isWholeBoot } from '../timeline/whole-boot.ts';
import { readText } from './read-file.ts';
import { eventOf, headerOf, jsonOf } from './recorded-event.ts';
import { countToEnd, isEnd } from './recording-end.ts';

/**
 * Reads the text of a `recording/<boot>.jsonl`. A last line without its newline is what a killed harness leaves and is
 * dropped; anything else that is not as written is a failure that names the line.
 */
export function parseRecording(text: string): Result<Recording, string> {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  lines.pop();
  const [first = '', ...others] = lines;
  const header = headerOf(jsonOf(first));
  if (!header.ok) return fail(`line 1 ${header.failure}`);
  const count = countToEnd(header.value);
  const events: RecordedEvent[] = [];
  for (const [index, line] of others.entries()) {
    const parsed = jsonOf(line);
    if (index === others.length - 1 && isEnd(parsed)) {
      if (`${line}\n` === count.text()) return ok({ header: header.value, events, hasEnd: true });
      return fail(`its last line counts other lines than there are: some were lost, doubled or changed`);
    }
    const event = parsed === undefined ? fail('is not JSON') : eventOf(parsed);
    if (!event.ok) return fail(`line ${index + 2} ${event.failure}`);
    count.add(`${line}\n`);
    events.push(event.value);
  }
  return ok({ header: header.value, events, hasEnd: header.value.ends !== true });
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

/** The recording of a boot by its name, without `.jsonl`. */
export function readRecording(directory: string, name: string): Result<Recording, string> {
  const text = readText(join(directory, FOLDERS.recordings, `${name}${RECORDING}`));
  return text.ok ? parseRecording(text.value) : fail(`it cannot be read: ${text.failure.why}`);
}

/**
 * Compares the recordings of a run directory with the plan. Nothing is changed. Its folders have to be its own: what is not
 * whole is removed from them, and through a link it would be removed from somewhere else. The failure is a text for the user.
 */
export async function readBoots(
  directory: string,
  planned: readonly PlannedBoot[],
): Promise<Result<BootsOnDisk, string>> {
  for (const folder of Object.values(FOLDERS)) {
    const problem = await folderProblem(join(directory, folder));
    if (problem !== undefined) return fail(`${join(directory, folder)}: ${problem}`);
  }
  const expected = new Map(planned.flatMap(withSavedBoot));
  const found = new Map<string, WholeBoot>();
  const others: string[] = [];
  for (const name of await recordingNames(directory)) {
    const parsed = readRecording(directory, name);
    const key = parsed.ok ? keyOf(parsed.value.header) : '';
    const operations = expected.get(key);
    const isWhole =
      parsed.ok && parsed.value.hasEnd && operations !== undefined && isWholeBoot(parsed.value.events, operations);
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
  return ok({ whole: [...found.values()].toSorted((a, b) => startedAt(a).localeCompare(startedAt(b))), others, left });
}

async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    const stats = await lstat(folder);
    if (stats.isSymbolicLink()) return 'this is a link; a folder was expected. Put the folder itself in its place';
    return stats.isDirectory() ? undefined : 'this is no folder';
  } catch (error) {
    return `it cannot be read: ${(error as NodeJS.ErrnoException).code}`;
  }
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

/** Names of the recordings that are there, without `.jsonl`. */
export async function recordingNames(directory: string): Promise<readonly string[]> {
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
  return [own, [saved, samplesOfStart({ ...variant, bootPlugs: [] })]];
}

function named({ variant, boot }: PlannedBoot) {
  return { scenario: variant.scenario, variant: variant.name, boot };
}

function keyOf({ scenario, variant, boot }: { scenario: string; variant: string; boot: number }): string {
  return `${scenario} ${variant} ${boot}`;
}
