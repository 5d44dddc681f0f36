import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../../report/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hostFingerprint } from '../host/fingerprint.ts';
import { checkHost } from '../host/requirements.ts';
import { openRegistry } from '../qemu/process-registry.ts';
import { ok, type Result } from '../result.ts';
import { measureBenchProcess } from './bench-process.ts';
import { type Figure, figureTable } from './figure.ts';
import { type HarnessCost, measureHarnessCost } from './harness-cost.ts';
import { noteLines } from './notes.ts';
import { clockFigures, differenceFigures } from './observed-figures.ts';
import { type ObservedBoot, performObservedRun } from './observed-run.ts';
import { processTimesMs } from './process-time.ts';
import { reportFigures } from './report-times.ts';
import type { ResourceUse } from './resource-use.ts';
import type { SelfContext } from './self-run.ts';

const QEMU = 'qemu-system-x86_64';

/** What the tool aims at for itself. */
const HELP_AIM_MS = 250;
const SET_UP_AIM_MS = 300;
const OPERATION_AIM_MS = 5;
const MEMORY_AIM_MB = 150;

/**
 * The benchmark of the tool itself: measures, prints a table and how each figure was obtained. The host has to be set up.
 * A missed aim is not a failure; the exit code says only whether it could be measured.
 */
export async function main(): Promise<ExitCode> {
  const qemu = checkHost().find(({ name }) => name === QEMU)?.path;
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
      ...reports.value,
    ]),
    '',
    ...noteLines(),
    wallClockLine(boots.value),
    `The whole benchmark took ${formatDuration(performance.now() - startedMs)}.`,
  ]);
}

const START_UPS = [
  {
    what: 'start to --help, node scripts/bench.mjs, ms',
    command: [process.execPath, 'scripts/bench.mjs', '--help'],
    aim: HELP_AIM_MS,
    how: 'a',
  },
  {
    what: 'start to --help, npm run bench, ms',
    command: ['npm', 'run', '--silent', 'bench', '--', '--help'],
    aim: HELP_AIM_MS,
    how: 'a',
  },
  { what: 'second set-up, ms', command: [process.execPath, 'scripts/setup.mjs'], aim: SET_UP_AIM_MS, how: 'b' },
] as const;

async function startUpFigures(): Promise<Result<readonly Figure[], string>> {
  const figures: Figure[] = [];
  for (const { command, ...about } of START_UPS) {
    const [program, ...args] = command;
    const times = await processTimesMs(program, args);
    if (!times.ok) return times;
    figures.push({ ...about, readings: times.value });
  }
  return ok(figures);
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

function wallClockLine(boots: readonly ObservedBoot[]): string {
  const worst = (values: readonly number[]) => (Math.max(...values.map(Math.abs)) * 1e3).toFixed(2);
  const drift = worst(boots.map(({ wallClockDriftMs }) => wallClockDriftMs));
  const uncertainty = worst(boots.map(({ wallClockUncertaintyMs }) => wallClockUncertaintyMs));
  return `Wall clock against monotonic clock: read to within ${uncertainty} us, moved by at most ${drift} us during a boot.`;
}

function loadText([one = 0, five = 0]: readonly number[]): string {
  return `${one.toFixed(1)} (1 min) and ${five.toFixed(1)} (5 min)`;
}
