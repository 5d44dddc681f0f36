import type { SeenLine } from '../../harness/timeline/seen-lines.ts';
import type { Sample } from '../../harness/vocabulary.ts';
import { withoutControls } from '../../harness/words.ts';
import { formatMs } from '../format.ts';
import type { ShownSample } from '../model/shown-sample.ts';
import { left, right, textTable } from './table.ts';

/** A line longer than this is cut on a terminal; `--json` has all of it. */
const SHOWN_CHARACTERS = 160;

/** One sample for a person who wants to know why it was slow, or failed. */
export function shownSampleLines(shown: ShownSample): readonly string[] {
  const { sample, phases, lines, clockUncertaintyMs, logs, startByHand, remarks } = shown;
  const axis = sample.clock === 'virtual' ? 'virtual ms' : 'host ms';
  const tied =
    clockUncertaintyMs === undefined
      ? 'the clocks of host and guest are not tied: what the guest said has no place on the axis'
      : `0 is where it began; host and guest to within ${formatMs(clockUncertaintyMs)} ms of each other`;
  return [
    `sample ${sample.order} of ${shown.runId}: ${nameOf(sample)}`,
    outcomeText(shown),
    `${sample.topology}, ${sample.controller}, Linux ${sample.kernel}, ${sample.accelerator}, started ${sample.startedAt.toISOString()}`,
    ...(sample.losses.length > 0 ? [`lost or wrong meanwhile: ${sample.losses.join(', ')}`] : []),
    ...remarks,
    ...(phases.length === 0
      ? []
      : [
          '',
          ...textTable(
            [left('phase'), left('kind'), right('from ms'), right('ms')],
            phases.map(({ name, kind, startMs, durationMs }) => [
              name,
              kind,
              startMs.toFixed(3),
              durationMs.toFixed(3),
            ]),
          ),
        ]),
    '',
    `everything that was seen (${tied}):`,
    ...textTable(
      [right(axis), right('guest ms'), left('from'), left('what')],
      lines.map((line) => [
        line.atMs?.toFixed(3) ?? '',
        line.guestMs?.toFixed(3) ?? '',
        fromText(line),
        whatText(line),
      ]),
    ),
    ...logs.excerpts.flatMap(({ file, text }) => [
      '',
      `the end of ${file}:`,
      ...text.split('\n').map((line) => `  ${withoutControls(line)}`),
    ]),
    '',
    `logs: ${logs.directory} (${logs.files.join(', ') || 'nothing is there'})`,
    ...(startByHand === undefined ? [] : [`the same machine by hand: ${startByHand}`]),
  ];
}

/** What it was: `plug of disk (virtio-blk), tiny/a boot 1, cycle 1, step 2`. */
export function nameOf({
  operation,
  device,
  deviceId,
  scenario,
  variant,
  boot,
  cycle,
  sequence,
  warmup,
}: Sample): string {
  const what = deviceId === '' ? operation : `${operation} of ${deviceId} (${device})`;
  const pass =
    operation === 'boot' && cycle === 0 ? '' : `, cycle ${cycle}${warmup ? ' (warm-up)' : ''}, step ${sequence}`;
  return `${what}, ${scenario}/${variant} boot ${boot}${pass}`;
}

function outcomeText({ sample, timeoutMs }: ShownSample): string {
  const { outcome, expected, detail } = sample;
  const said = detail === '' ? '' : `: ${oneLine(detail)}`;
  if (sample.outcome === 'ok')
    return `ok, ${formatMs(sample.latencyMs)} ${sample.clock === 'virtual' ? 'virtual ms' : 'ms'}${said}`;
  const limit = outcome === 'timeout' ? ` after ${formatMs(timeoutMs)} ms` : '';
  return `${outcome}${limit}${expected ? ' (expected)' : ''}${said}`;
}

function fromText({ source, direction }: SeenLine): string {
  if (direction === undefined) return source;
  return direction === 'sent' ? `to ${source}` : source;
}

function whatText({ text }: SeenLine): string {
  const line = oneLine(text);
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS - 1)}…` : line;
}

function oneLine(text: string): string {
  return withoutControls(text)
    .trim()
    .replaceAll(/\s*[\r\n]+\s*/g, '; ')
    .replaceAll('\t', ' ');
}
