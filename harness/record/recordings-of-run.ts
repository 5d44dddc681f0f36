import type { Result } from '../result.ts';
import type { Recording } from '../timeline/recording.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import { hasQemuEnded } from '../timeline/whole-boot.ts';
import type { RunFile } from './run-file.ts';
import { rowsCounted } from './samples-csv.ts';

/** A file below `recording`, and what is in it. */
export interface FoundRecording {
  /** Without `.jsonl`. */
  readonly name: string;
  readonly recording: Result<Recording, string>;
}

/**
 * What keeps recordings from being those of this run, all of them and whole: each a line for the user. Of a run that was
 * stopped, the boots that had ended have to be whole; more may be there.
 */
export function problemsOfRecordings(run: RunFile, found: readonly FoundRecording[]): readonly string[] {
  const listed = run.boots.map(({ name }) => name).filter((name) => name !== '');
  const isStopped = run.status === 'partial';
  const problems = [
    ...listed
      .filter((name) => !found.some((one) => one.name === name))
      .map((name) => `${fileOf(name)}: it is not there`),
    ...found.flatMap(({ name, recording }) => {
      const mayBeCut = isStopped && !listed.includes(name);
      const problem = recording.ok ? problemOf(run, recording.value, mayBeCut) : recording.failure;
      return problem === undefined || (mayBeCut && !recording.ok) ? [] : [`${fileOf(name)}: ${problem}`];
    }),
    ...twice(found),
  ];
  if (problems.length > 0) return problems;
  const samples = samplesOf(found.flatMap(({ recording }) => (recording.ok ? [recording.value] : []))).length;
  const counted = rowsCounted(run);
  const isAll = isStopped ? samples >= counted : samples === counted;
  return isAll ? [] : [`there are ${samples} operations in the recordings, and run.json counts ${counted}`];
}

function problemOf(
  { run_id: runId, variants }: RunFile,
  { header, events, hasEnd }: Recording,
  mayBeCut: boolean,
): string | undefined {
  if (header.runId !== runId) return `it is of the run ${JSON.stringify(header.runId)}`;
  if (!variants.some(({ scenario, name }) => scenario === header.scenario && name === header.variant))
    return `it is of ${JSON.stringify(`${header.scenario}/${header.variant}`)}, which run.json does not have`;
  if (mayBeCut || (hasEnd && hasQemuEnded(events))) return undefined;
  return 'it is cut off: the end of the boot is not in it';
}

/** Recordings of one and the same boot. */
function twice(found: readonly FoundRecording[]): readonly string[] {
  const seen = new Map<string, string>();
  return found.flatMap(({ name, recording }) => {
    if (!recording.ok) return [];
    const { scenario, variant, boot } = recording.value.header;
    const key = JSON.stringify([scenario, variant, boot]);
    const earlier = seen.get(key);
    seen.set(key, name);
    return earlier === undefined ? [] : [`${fileOf(name)}: it is of the same boot as ${fileOf(earlier)}`];
  });
}

function fileOf(name: string): string {
  return `recording/${name}.jsonl`;
}

/** More lines than this say no more. */
const SHOWN = 12;

export function notWholeText(directory: string, problems: readonly string[]): string {
  const more = problems.length - SHOWN;
  return [
    `${directory}: its recordings are not those that its run.json lists, and nothing was written:`,
    ...problems.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    'Put back what is missing, or let "--resume" make these boots anew.',
  ].join('\n');
}
