import { join } from 'node:path';
import { formatMs } from '../../report/format.ts';
import { adaptiveLines } from '../../report/terminal/adaptive.ts';
import { findingsLines } from '../../report/terminal/findings.ts';
import { shellWord } from '../host/run-tool.ts';
import { machineSpec, type ReadyVariant, unavailableLines } from '../plan/ready-variant.ts';
import { bootName, type PlannedBoot } from '../plan/schedule.ts';
import { listeningSocket, machineArguments } from '../qemu/command-line.ts';
import type { RunComparison } from '../record/comparison-file.ts';
import { REPORT_FILE } from '../record/run-directory.ts';
import type { BootReport } from '../record/run-state.ts';
import { summaryJson } from '../record/summary-json.ts';
import type { FinishedRun } from '../run/run.ts';
import { isTried } from '../statistics/tried.ts';
import { LOSS_KINDS } from '../timeline/loss-kinds.ts';
import type { Sample } from '../vocabulary.ts';
import { listWords } from '../words.ts';
import { PROGRAM } from './help-text.ts';
import { printable } from './output.ts';

/** Lines that show the order of boots and, per variant, the QEMU command line. Only the paths of sockets are stand-ins. */
export function planLines(
  ready: readonly ReadyVariant[],
  boots: readonly PlannedBoot[],
  seed: number,
): readonly string[] {
  return [
    `plan: ${boots.length} boots in this order (seed ${seed})`,
    ...boots.map((planned, index) => `  ${String(index + 1).padStart(4)}  ${bootName(planned)}`),
    ...ready.flatMap((one) => ['', ...commandLines(one)]),
  ];
}

function commandLines(ready: ReadyVariant): readonly string[] {
  const { variant, accelerator, qemu } = ready;
  const channels = {
    monitor: listeningSocket('SOCKETS/qmp'),
    console: listeningSocket('SOCKETS/console', 'LOGS/console.log'),
    markers: listeningSocket('SOCKETS/markers'),
    firmware: listeningSocket('SOCKETS/firmware', 'LOGS/firmware.log'),
  };
  const args = machineArguments(machineSpec(ready), channels, 'SOCKETS');
  return [
    `${variant.scenario}/${variant.name}: accelerator ${accelerator.used} (${accelerator.why})`,
    `  ${[qemu, ...args, '-S'].map(shellWord).join(' ')}`,
  ];
}

/** A finished run for a person: the table, each failure in its own words, and where everything is. */
export function runLines(
  { directory, findings, samples, boots, adaptive, unavailable, interrupted }: FinishedRun,
  ready: readonly ReadyVariant[],
  seed: number,
  colour: boolean,
): readonly string[] {
  const conditions = ready.map(({ variant, accelerator, guest }) => ({
    scenario: variant.scenario,
    accelerator: accelerator.used,
    why: accelerator.why,
    kernel: guest.description,
  }));
  const failures = samples.filter((sample) => sample.outcome !== 'ok' && isTried(sample));
  return [
    ...findingsLines(findings, conditions, colour),
    ...unavailableLines(unavailable),
    ...ready.flatMap(leftOutLines),
    ...failures.map(failureLine),
    ...untriedLines(samples),
    ...showLines(directory, failures),
    ...boots.flatMap(bootFailureLines),
    ...boots.flatMap(lossLines),
    ...adaptiveLines(adaptive),
    ...(interrupted ? ['interrupted: what was measured until then is kept'] : []),
    '',
    `seed ${seed}; everything that was recorded: ${directory}`,
    `to read: ${join(directory, REPORT_FILE)}`,
    ...(interrupted ? [resumeLine(directory)] : []),
  ];
}

/** What to type to go on with a run that was stopped. */
export function resumeLine(directory: string): string {
  return `to go on with it: ${PROGRAM} --resume ${shellWord(directory)}`;
}

/** Parts of its machine that a variant was run without. */
function leftOutLines({ variant, leftOut }: ReadyVariant): readonly string[] {
  return leftOut.map((text) => `left out of ${variant.scenario}/${variant.name}: ${text}`);
}

/** A failure with what brings it about again: the offset of a plug during the boot; the seed and the logs are the run's. */
function failureLine(sample: Sample): string {
  const { outcome, expected, scenario, variant, boot, cycle, operation, deviceId, offsetMs, detail } = sample;
  const when = offsetMs === undefined ? '' : ` ${formatMs(offsetMs)} ms after cont`;
  const known = expected ? ' (expected)' : '';
  const what = deviceId === '' ? operation : `${operation} of ${deviceId}`;
  const logs = `logs/${bootName({ variant: { scenario, name: variant }, boot })}`;
  const where = outcome === 'crashed' ? `${logs}/qemu.sh starts the same machine` : `sample ${sample.order}, ${logs}`;
  return `${outcome}${known}: ${scenario}/${variant} boot ${boot}, cycle ${cycle}, ${what}${when}: ${printable(detail)}; ${where}`;
}

/** What never began is no failure, and is in no rate. */
function untriedLines(samples: readonly Sample[]): readonly string[] {
  const untried = samples.filter((sample) => !isTried(sample));
  if (untried.length === 0) return [];
  const variants = [...new Set(untried.map(({ scenario, variant }) => `${scenario}/${variant}`))];
  return [
    `not tried, since an earlier failure or the user had ended their boot: ${untried.length} operations of ${listWords(variants, 'and')}`,
  ];
}

function showLines(directory: string, [first]: readonly Sample[]): readonly string[] {
  return first ? [`all that was seen of a sample: ${PROGRAM} show ${shellWord(directory)} ${first.order}`] : [];
}

/** What went wrong in a boot while no operation was under way. */
function bootFailureLines({ name, scenario, variant, boot, failure }: BootReport): readonly string[] {
  if (failure === undefined) return [];
  const logs = `logs/${name}/qemu.sh starts the same machine`;
  return [`failed between operations: ${scenario}/${variant} boot ${boot}: ${printable(failure)}; ${logs}`];
}

/** What was lost in a boot, by its kinds. */
function lossLines({ scenario, variant, boot, losses = [] }: BootReport): readonly string[] {
  return losses.map(
    ({ kind, count, details }) =>
      `lost: ${scenario}/${variant} boot ${boot}: ${kind} (${count}): ${LOSS_KINDS[kind].meaning}; ${printable(details.join('; '))}`,
  );
}

/** The same for a program: one JSON document. */
export function runJson(
  { runId, findings, directory }: FinishedRun,
  seed: number,
  comparison: RunComparison | undefined,
): string {
  const summary = summaryJson(runId, findings, comparison?.comparisons);
  return JSON.stringify({ ...summary, directory, seed }, null, 2);
}
