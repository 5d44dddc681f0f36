#!/usr/bin/env node
// How long the history and a question take over ten years of nights, and how much memory: prints a table and exits 1 when
// a limit is exceeded. Makes the run directories first (about a minute and 1.7 GB), in a folder that is removed again, or
// uses those in the folder that is named.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NIGHTS = 3650;
const VARIANTS = 24;
const QUESTION = `SELECT variant, operation, median(latency_ms), quantile_cont(latency_ms, 0.95)
  FROM samples WHERE outcome = 'ok' AND NOT warmup GROUP BY ALL ORDER BY ALL`;
const LIMITS = {
  first: { seconds: 5, megabytes: 500 },
  history: { seconds: 5, megabytes: 500 },
  query: { seconds: 2, megabytes: 500 },
};
const POLL_MS = 20;

const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), 'history-'));
try {
  if (given === undefined) {
    const made = await run('generate-history.mjs', [folder, String(NIGHTS), String(VARIANTS)]);
    if (made.code !== 0) process.exit(made.code);
  }
  // The first has nothing in its caches, which is so once; every night's history reads one run more than the night before.
  rmSync(join(folder, '.cache'), { recursive: true, force: true });
  const first = await run('bench.mjs', ['history', folder]);
  const history = await run('bench.mjs', ['history', folder]);
  const query = await run('bench.mjs', ['query', QUESTION, folder]);
  console.log(`${NIGHTS} runs x ${VARIANTS} variants, node's start included`);
  // The synthetic nights have a regression in them, so exit 1 is as it should be.
  const fine = [line('first', first, [1]), line('history', history, [1]), line('query', query, [0])];
  process.exitCode = fine.every(Boolean) ? 0 : 1;
} finally {
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}

function line(name, { seconds, megabytes, code }, codes) {
  const limit = LIMITS[name];
  const isFine = codes.includes(code) && seconds <= limit.seconds && megabytes <= limit.megabytes;
  const figures = `${seconds.toFixed(2)} s of ${limit.seconds}, ${megabytes.toFixed(0)} MB of ${limit.megabytes}`;
  console.log(`${name.padEnd(8)} ${figures}, exit ${code}: ${isFine ? 'fine' : 'NOT FINE'}`);
  return isFine;
}

/** Runs a script of this folder without its output: how long it took, and the most memory it had. */
function run(script, args) {
  const started = performance.now();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let kilobytes = 0;
  const poll = setInterval(() => {
    kilobytes = Math.max(kilobytes, peakOf(child.pid));
  }, POLL_MS);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(poll);
      resolve({ code, seconds: (performance.now() - started) / 1000, megabytes: kilobytes / 1024 });
    });
  });
}

/** VmHWM of proc(5): the peak so far, so that the last look is enough. */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended.
    return 0;
  }
}
