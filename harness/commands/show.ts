import { formatMs } from '../../report/format.ts';
import { readShownSample, type ShownSample } from '../../report/model/shown-sample.ts';
import { nameOf, shownSampleLines } from '../../report/terminal/shown-sample.ts';
import { textTable } from '../../report/terminal/table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { shellWord } from '../host/run-tool.ts';
import { noRunText, readRunFile } from '../record/run-file.ts';
import { readSampleRows } from '../record/samples-csv.ts';
import { groupBy } from '../statistics/groups.ts';
import { isTried } from '../statistics/tried.ts';
import type { GoodSample, Sample } from '../vocabulary.ts';
import { quote } from '../words.ts';
import type { ShowFlags } from './flags.ts';
import { PROGRAM } from './help-text.ts';
import { complain, print, printable } from './output.ts';

/** `bench show RUN [SAMPLE…]`: samples with everything that was seen of them; without one, which are worth it. */
export async function showCommand(
  directory: string,
  numbers: readonly string[],
  { json = false }: ShowFlags,
): Promise<ExitCode> {
  const run = readRunFile(directory);
  if (!run.ok) return complain(noRunText(directory, run.failure), EXIT.usage);
  const read = readSampleRows(directory, run.value);
  if (!read.ok) return complain(`${directory}: ${read.failure}`, EXIT.usage);
  const samples = read.value;
  if (numbers.length === 0) {
    const worth = worthShowing(samples);
    print(json ? JSON.stringify(worth.map(rowJson), null, 2) : listLines(directory, samples, worth).join('\n'));
    return EXIT.ok;
  }
  const shown: ShownSample[] = [];
  for (const number of numbers) {
    const sample = /^\d+$/.test(number) ? samples.find(({ order }) => order === Number(number)) : undefined;
    if (!sample) return complain(`${quote(number)} is no sample of ${directory}: ${numbersText(samples)}`, EXIT.usage);
    const one = await readShownSample(directory, run.value, sample);
    if (!one.ok) return complain(one.failure, EXIT.usage);
    shown.push(one.value);
  }
  if (json) print(JSON.stringify(shown.map(shownJson), null, 2));
  else print(shown.map((one) => shownSampleLines(one).join('\n')).join('\n\n\n'));
  return EXIT.ok;
}

function numbersText(samples: readonly Sample[]): string {
  const orders = samples.map(({ order }) => order);
  if (orders.length === 0) return 'there are none';
  return `a number from ${Math.min(...orders)} to ${Math.max(...orders)} is expected; without one, "show" lists those that are worth it`;
}

/** More failures than this are in samples.csv. */
const SHOWN_FAILURES = 50;

/** What failed, and of each operation of a variant the good sample in the middle and the slowest. */
function worthShowing(samples: readonly Sample[]): readonly Sample[] {
  const failed = samples.filter((sample) => sample.outcome !== 'ok' && isTried(sample)).slice(0, SHOWN_FAILURES);
  const good = samples.filter((sample): sample is GoodSample => sample.outcome === 'ok' && !sample.warmup);
  const keyOf = ({ scenario, variant, operation, deviceId }: Sample) =>
    JSON.stringify([scenario, variant, operation, deviceId]);
  const ends = [...groupBy(good, keyOf).values()].flatMap((own) => {
    const sorted = own.toSorted((a, b) => a.latencyMs - b.latencyMs);
    return [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)].flatMap((sample) => sample ?? []);
  });
  return [...new Set([...failed, ...ends])];
}

function listLines(directory: string, samples: readonly Sample[], worth: readonly Sample[]): readonly string[] {
  const untried = samples.filter((sample) => !isTried(sample)).length;
  const [first] = worth;
  return [
    ...textTable(
      [
        { heading: 'sample', align: 'right' },
        { heading: 'what', align: 'left' },
        { heading: 'outcome', align: 'left' },
        { heading: 'ms', align: 'right' },
        { heading: 'detail', align: 'left' },
      ],
      worth.map((sample) => [
        String(sample.order),
        nameOf(sample),
        `${sample.outcome}${sample.outcome !== 'ok' && sample.expected ? ' (expected)' : ''}`,
        sample.outcome === 'ok' ? formatMs(sample.latencyMs) : '',
        printable(sample.detail),
      ]),
    ),
    '',
    `failures, and of each operation the sample in the middle and the slowest; ${samples.length} samples in all`,
    ...(untried > 0
      ? [`${untried} more were never tried: an earlier failure had ended their boot, or the user the run`]
      : []),
    ...(first ? [`for one of them: ${PROGRAM} show ${shellWord(directory)} ${first.order}`] : []),
  ];
}

/** With keys as in samples.csv. */
function rowJson(sample: Sample) {
  return {
    ...{ order: sample.order, scenario: sample.scenario, variant: sample.variant, topology: sample.topology },
    ...{ controller: sample.controller, kernel: sample.kernel, accelerator: sample.accelerator, clock: sample.clock },
    ...{ boot: sample.boot, boot_mode: sample.bootMode, cycle: sample.cycle, warmup: sample.warmup },
    ...{ sequence: sample.sequence, operation: sample.operation, device: sample.device, device_id: sample.deviceId },
    ...{ outcome: sample.outcome, expected: sample.expected, latency_ms: sample.latencyMs ?? null },
    ...{ started_at: sample.startedAt.toISOString(), detail: sample.detail, losses: sample.losses },
  };
}

function shownJson({
  runId,
  sample,
  phases,
  lines,
  clockUncertaintyMs,
  timeoutMs,
  logs,
  startByHand,
  remarks,
}: ShownSample) {
  return {
    run_id: runId,
    ...rowJson(sample),
    timeout_ms: timeoutMs,
    clock_uncertainty_ms: clockUncertaintyMs ?? null,
    phases: phases.map(({ name, kind, startMs, durationMs }) => {
      return { phase: name, kind, start_ms: startMs, duration_ms: durationMs };
    }),
    lines: lines.map(({ atMs, guestMs, source, direction, text }) => {
      return { at_ms: atMs ?? null, guest_ms: guestMs ?? null, source, direction: direction ?? null, text };
    }),
    logs: { directory: logs.directory, files: logs.files, ends: logs.excerpts },
    start_by_hand: startByHand ?? null,
    remarks,
  };
}
