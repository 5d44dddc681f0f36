import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../host/run-tool.ts';
import { optionValue } from '../machine/qemu-syntax.ts';
import { MONITOR_SUFFIX, OBSERVER_LOG_SUFFIX, type ObserverLog, parseObserverLog } from './observer-log.ts';
import { parseTrace, TRACE_EVENTS, type TraceEvent } from './qemu-trace.ts';

const TRACE_SUFFIX = '.trace';

/** Everything that was seen of one QEMU from outside the harness. */
export interface Observation extends ObserverLog {
  readonly trace: readonly TraceEvent[];
}

/**
 * Writes a shell script that is QEMU to the harness, and adds a second monitor and a trace file in `directory`, named by
 * QEMU's process id. The harness itself runs unchanged.
 */
export async function writeObservedQemu(directory: string, qemu: string): Promise<string> {
  const script = join(directory, 'qemu');
  const inDirectory = (suffix: string) => `${shellWord(optionValue(directory))}/$$${suffix}`;
  const words = [
    `-chardev socket,id=observer,server=on,wait=off,path=${inDirectory(MONITOR_SUFFIX)}`,
    '-mon chardev=observer,mode=control',
    `-msg timestamp=on -D ${shellWord(directory)}/$$${TRACE_SUFFIX}`,
    ...TRACE_EVENTS.map((event) => `-trace enable=${event}`),
  ];
  await writeFile(script, `#!/bin/sh\nexec ${shellWord(qemu)} "$@" ${words.join(' ')}\n`, { mode: 0o700 });
  return script;
}

/** What was seen of the QEMU with this process id; undefined when the observer missed a part of it. */
export async function readObservation(directory: string, pid: number): Promise<Observation | undefined> {
  const read = (suffix: string) => readFile(join(directory, `${pid}${suffix}`), 'utf8').catch(() => '');
  const log = parseObserverLog(await read(OBSERVER_LOG_SUFFIX));
  return log && { ...log, trace: parseTrace(await read(TRACE_SUFFIX)) };
}
