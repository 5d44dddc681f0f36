import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../host/run-tool.ts';
import { optionValue } from '../machine/qemu-syntax.ts';
import { MONITOR_SUFFIX, OBSERVER_LOG_SUFFIX, type ObserverLog, parseObserverLog } from './observer-log.ts';

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

/** What QEMU's trace says, each with QEMU's own wall-clock stamp in milliseconds since 1970 (resolution 1 µs). */
export type TraceEvent = { readonly wallMs: number } & (
  | {
      /** QEMU has read a complete command from a monitor's socket, in the thread that does nothing but read monitors. */
      readonly kind: 'command';
      readonly execute: string;
      /** Its `id` argument: the device. */
      readonly deviceId: string | undefined;
    }
  | {
      /** The guest has handed a read to a virtio disk. `request` tells it from others that are under way. */
      readonly kind: 'read';
      readonly request: string;
      readonly sector: number;
      readonly sectors: number;
    }
  /** QEMU has finished a disk request, just before it tells the guest. */
  | { readonly kind: 'completed'; readonly request: string }
);

/** The trace events that are read here (QEMU monitor/trace-events, hw/block/trace-events). */
const TRACE_EVENTS = ['handle_qmp_command', 'virtio_blk_handle_read', 'virtio_blk_req_complete'] as const;

/** QEMU's `log` trace back end with `-msg timestamp=on`: `pid@seconds.microseconds:event arguments`. */
const LINE = /^\d+@(\d+)\.(\d{6}):(\w+) (.*)$/;
const COMMAND = /^mon \S+ req: (\{.*\})$/;
const READ = /^vdev \S+ req (\S+) sector (\d+) nsectors (\d+)$/;
const COMPLETED = /^vdev \S+ req (\S+) status \d+$/;

/** Reads a trace file. Lines of other events, and a last line cut off in the middle, are passed over. */
export function parseTrace(text: string): readonly TraceEvent[] {
  return text.split('\n').flatMap((line) => {
    const [, seconds, microseconds, event, rest = ''] = LINE.exec(line) ?? [];
    const wallMs = Number(seconds) * 1e3 + Number(microseconds) / 1e3;
    switch (event) {
      case 'handle_qmp_command':
        return command(wallMs, COMMAND.exec(rest)?.[1]);
      case 'virtio_blk_handle_read': {
        const [, request, sector, sectors] = READ.exec(rest) ?? [];
        if (request === undefined) return [];
        return [{ wallMs, kind: 'read', request, sector: Number(sector), sectors: Number(sectors) }];
      }
      case 'virtio_blk_req_complete': {
        const request = COMPLETED.exec(rest)?.[1];
        return request === undefined ? [] : [{ wallMs, kind: 'completed', request }];
      }
      default:
        return [];
    }
  });
}

function command(wallMs: number, json: string | undefined): readonly TraceEvent[] {
  if (json === undefined) return [];
  const { execute, arguments: parameters } = JSON.parse(json) as {
    readonly execute?: string;
    readonly arguments?: { readonly id?: string };
  };
  return execute === undefined ? [] : [{ wallMs, kind: 'command', execute, deviceId: parameters?.id }];
}
