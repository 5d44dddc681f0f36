import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../../report/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hostFingerprint } from '../host/fingerprint.ts';
import { findQemu, QEMU } from '../host/requirements.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { ok, type Result } from '../result.ts';
import type { Sample } from '../vocabulary.ts';
import { measureBenchProcess, type ResourceUse } from './bench-process.ts';
import { type Figure, figureTable } from './figure.ts';
import { type HarnessCost, measureHarnessCost } from './harness-cost.ts';
import { clockFigures, differenceFigures, type ObservedBoot, performObservedRun } from './observed-run.ts';
import { reportFigures, startUpFigures } from './process-times.ts';
import type { SelfContext } from './self-run.ts';
import { summaryLessTinybench } from './tinybench-check.ts';

/** What the tool aims at for itself. */
const OPERATION_AIM_MS = 5;
const MEMORY_AIM_MB = 150;
/** A nanosecond, far above what rounding does to sums of latencies. */
const SUMMARY_AIM_MS = 1e-6;

/**
 * The benchmark of the tool itself: measures, prints a table and how each figure was obtained. The host has to be set up.
 * A missed aim is not a failure; the exit code says only whether it could be measured.
 */
export async function main(): Promise<ExitCode> {
  const qemu = findQemu();
  if (!qemu) return complain(`${QEMU} is not in PATH. "bench doctor" says how to get it.`);
  const registry = await openRegistry();
  if (!registry.ok) return complain(registry.failure.message);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  const scratch = await mkdtemp(join(tmpdir(), 'hotplug-bench-self-'));
  const note = (text: string) => process.stderr.write(`${text}\n`);
  try {
    const context = { qemu, registry: registry.value, scratch, signal: stop.signal, note };
    const lines = await measure(context);
    if (stop.signal.aborted) return EXIT.interrupted;
    if (!lines.ok) return complain(lines.failure);
    process.stdout.write(`${lines.value.join('\n')}\n`);
    return EXIT.ok;
  } finally {
    await registry.value.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function complain(message: string): ExitCode {
  process.stderr.write(`${message}\n`);
  return EXIT.hostUnable;
}

/** Measures one thing after the other, so that none is in another's way; the lines to print. */
async function measure(context: SelfContext): Promise<Result<readonly string[], string>> {
  const startedMs = performance.now();
  const loadBefore = loadavg();
  context.note('starting the command line');
  const startUp = await startUpFigures();
  if (!startUp.ok) return startUp;
  context.note('a run in this process, for its CPU time');
  const cost = await measureHarnessCost(context);
  if (!cost.ok) return cost;
  context.note('the same run in a process of its own, for its memory');
  const bench = await measureBenchProcess(context);
  if (!bench.ok) return bench;
  const boots = await performObservedRun(context);
  if (!boots.ok) return boots;
  const reports = await reportFigures(context);
  if (!reports.ok) return reports;
  const host = await hostFingerprint(context.qemu);
  return ok([
    `${host.qemu}; ${cost.value.accelerator}; guest kernel ${cost.value.kernel}`,
    `${host.cpuModel}, ${host.cores} cores, Linux ${host.kernel}, Node ${process.versions.node}`,
    `load average before ${loadText(loadBefore)}, after ${loadText(loadavg())}, on ${cpus().length} cores`,
    '',
    ...figureTable([
      ...startUp.value,
      ...costFigures(cost.value, bench.value),
      ...differenceFigures(boots.value),
      ...clockFigures(boots.value),
      summaryFigure(cost.value.samples),
      ...reports.value,
    ]),
    '',
    ...noteLines(),
    wallClockLine(boots.value),
    `The whole benchmark took ${formatDuration(performance.now() - startedMs)}.`,
  ]);
}

function costFigures(cost: HarnessCost, bench: ResourceUse): readonly Figure[] {
  return [
    {
      what: 'CPU time of the harness per operation, mean, ms',
      readings: cost.eachMs,
      figure: cost.meanMs,
      aim: OPERATION_AIM_MS,
      how: 'c',
    },
    { what: 'CPU time of the harness at one operation, ms', readings: cost.eachMs, how: 'c' },
    { what: 'peak resident memory of bench, MB', readings: [bench.peakBytes / 1e6], aim: MEMORY_AIM_MB, how: 'd' },
    { what: 'CPU time of the whole bench process, ms', readings: [bench.cpuMs], how: 'd' },
  ];
}

/** The largest of the differences, which are all to be nothing. */
function summaryFigure(samples: readonly Sample[]): Figure {
  const readings = summaryLessTinybench(samples);
  const figure = Math.max(...readings.map(Math.abs));
  return { what: 'summary less statistics of tinybench, largest, ms', readings, figure, aim: SUMMARY_AIM_MS, how: 'i' };
}

function wallClockLine(boots: readonly ObservedBoot[]): string {
  const worst = (values: readonly number[]) => (Math.max(...values.map(Math.abs)) * 1e3).toFixed(2);
  const drift = worst(boots.map(({ wallClockDriftMs }) => wallClockDriftMs));
  const uncertainty = worst(boots.map(({ wallClockUncertaintyMs }) => wallClockUncertaintyMs));
  return `Wall clock against monotonic clock: read to within ${uncertainty} us, moved by at most ${drift} us during a boot.`;
}

function loadText([one = 0, five = 0]: readonly number[]): string {
  return `${one.toFixed(1)} (1 min) and ${five.toFixed(1)} (5 min)`;
}

/** How each figure was obtained, and what it does and does not hold; paragraphs by the letter in the table. */
export const NOTES: Readonly<Record<string, string>> = {
  a: `Wall time of the whole process, from before its start to its exit, seen by the process that started it; 10 runs after one that is not counted. The npm row is what a user types: npm's own start is in it.`,
  b: `The same, for node scripts/setup.mjs when everything is there.`,
  c: `process.cpuUsage, user and system, of the process that performs a run of one ACPI boot with 20 cycles; the first row is all of the run divided by its operations. In it: starting and ending QEMU, both protocols, echoes, journal, judging, every file written, garbage collection, compilation of JavaScript. Not in it: QEMU, which is another process; waiting, which takes no CPU; the start of Node and the guest's preparation, once a run.`,
  d: `The same run in a bench process of its own, to its exit. Memory is VmHWM of /proc/self/status; ru_maxrss would count the parent's memory, too. Its CPU time has the start of Node and all preparation in it.`,
  e: `An observer in a process of its own listens to a second monitor of the same QEMU and shares no code with the harness's QMP client; it stamps with the same CLOCK_MONOTONIC. Start: QEMU's trace event handle_qmp_command, when QEMU has read the command. End of an unplug: DEVICE_DELETED with that id on the second monitor. End of a plug: QEMU's trace event virtio_blk_req_complete of the first read of one sector, which is the agent's test; the partition scan reads whole pages. Trace stamps are wall clock to 1 us, tied to the monotonic clock before and after each boot.
What to expect: the start is always positive, since a recorded latency begins before the command is written and QEMU's monitor thread has to wake up to read it. The end of an unplug is a race of two processes that one event wakes: the second is later by up to a millisecond when two cores are busy, and it may be either. The end of a plug has two parts that nearly cancel. The guest learns of the completed read by an interrupt and stamps after it: later. And its time is placed too early, within the stated uncertainty: an echo takes longer into the guest (the UART's interrupt, the kernel's worker, the agent's wake-up) than out of it, and the estimate takes both ways to be equal. With every byte of the UART traced as well, under TCG on a two-core host that was busy, this error was 0.1 ms in the median of 51 bursts of echoes and 1.0 ms at the most.`,
  f: `Half the distance between the bounds that the echoes put on the offset of the two clocks (harness/timeline/clock.ts), over the boots of the observed run.`,
  g: `Readings of one end that do not depend on each other. Marker arrived: when the line was read from the marker channel. Guest time aligned: what the latency is taken from. QEMU's stamp: the event's own timestamp, wall clock to 1 us; the difference is what an unplug's latency has in it of delivery and of the harness waking up.`,
  h: `Wall time of the whole process as in [a], for bench report, 3 runs after one that is not counted and that leaves a cache of the history; of runs that nobody made: one of 24 variants with recordings of real boots, and one night each for ten years of 24 variants.`,
  i: `Minimum, median, MAD and maximum of each operation of the run of [c]: from the summary that summary.json is written from, less what tinybench, which shares no code with it, computes from the same latencies. The figure is the largest of these differences; anything but rounding is a defect. tinybench has no p90 and no p95, nor intervals.`,
};

/** A paragraph for a terminal: its letter before it, lines of at most so many columns. */
const NOTE_COLUMNS = 118;
const INDENT = '     ';

export function noteLines(): readonly string[] {
  return Object.entries(NOTES).flatMap(([letter, text]) => {
    const [first = '', ...others] = text
      .split('\n')
      .flatMap((paragraph) => wrap(paragraph, NOTE_COLUMNS - INDENT.length));
    return [`[${letter}]`.padEnd(INDENT.length) + first, ...others.map((line) => INDENT + line)];
  });
}

function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
