import { appendFileSync, readdirSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MONITOR_SUFFIX, OBSERVER_LOG_SUFFIX, type ObserverLine, tieWallClock } from './observer-log.ts';

/**
 * The independent observer, a program of its own: connects to every monitor socket that appears in a directory, stamps
 * what comes in, and writes it to a file beside it. It shares no code with the harness's QMP client. SIGTERM ends it once
 * every QEMU it listens to is gone.
 *
 * Usage: node self-observer.js <directory>
 */
const directory = process.argv[2] ?? '.';

/** Between two attempts to connect to a socket that QEMU has made and does not listen on yet. */
const RETRY_MS = 5;

const seen = new Set<string>();
let listening = 0;
let ending = false;

function look(): void {
  for (const name of readdirSync(directory)) {
    if (!name.endsWith(MONITOR_SUFFIX) || seen.has(name)) continue;
    seen.add(name);
    listening++;
    observe(join(directory, name)).finally(() => {
      listening--;
      endWhenIdle();
    });
  }
}

function endWhenIdle(): void {
  if (ending && listening === 0) process.exit(0);
}

async function observe(socketPath: string): Promise<void> {
  const log = `${socketPath.slice(0, -MONITOR_SUFFIX.length)}${OBSERVER_LOG_SUFFIX}`;
  const write = (line: ObserverLine) => appendFileSync(log, `${JSON.stringify(line)}\n`);
  while (!(await listenOnce(socketPath, write)) && !ending) await delay(RETRY_MS);
}

/** Resolves with false when nobody listens yet, with true when QEMU has closed the monitor. */
function listenOnce(path: string, write: (line: ObserverLine) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let connected = false;
    let unfinished = '';
    socket.on('connect', () => {
      connected = true;
      write({ tie: tieWallClock() });
      socket.write('{"execute":"qmp_capabilities"}\n');
    });
    socket.on('data', (bytes) => {
      const atMs = Number(process.hrtime.bigint()) / 1e6;
      const lines = `${unfinished}${bytes}`.split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') write({ atMs, message: JSON.parse(line) });
    });
    // What goes wrong ends the connection, and 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (connected) write({ tie: tieWallClock() });
      resolve(connected);
    });
  });
}

process.on('SIGTERM', () => {
  ending = true;
  endWhenIdle();
});
watch(directory, look);
look();
