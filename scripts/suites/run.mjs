#!/usr/bin/env node
// Runs all that CI asks for: set-up, lint, types and unit tests, then everything on real guests. Its last line says how many
// tests passed, failed and were skipped; exit code 1 when anything failed, or was left out that CI is meant to run.
// Plain Node: it begins before there is anything else.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine, countTests } from './count-tests.mjs';

/**
 * Suites that need something which a user's machine may lack, and some of whose tests skip themselves there. CI has it all,
 * so a skipped test in one of these files is a failure of the CI.
 */
const EXPECTED_SUITES = JSON.parse(readFileSync(new URL('expected-suites.json', import.meta.url), 'utf8'));

/** `npm test` without its unit tests, which `npm run check` has run: no test runs or counts twice. */
const WITH_TESTS = [
  ['run', 'check', '--'],
  ['test', '--', '--project', 'integration'],
];

const stop = new AbortController();
let running;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stop.abort();
    // Ctrl-C in a terminal reaches the running command by itself.
    if (signal !== 'SIGINT') running?.kill(signal);
  });
}

const reports = mkdtempSync(join(tmpdir(), 'hotplug-bench-reports-'));
const steps = await runAll();
rmSync(reports, { recursive: true, force: true });
const { problems, ...counts } = countTests(steps, EXPECTED_SUITES);
for (const problem of problems) console.log(problem);
console.log(closingLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

/** A step that fails does not keep the next ones from running, but for set-up, without which nothing can. */
async function runAll() {
  const setUp = await timed('npm', ['run', 'setup']);
  if (setUp.exitCode !== 0) return [setUp];
  const finished = [];
  for (const [index, command] of WITH_TESTS.entries()) {
    if (stop.signal.aborted) break;
    const report = join(reports, `${index}.json`);
    const ended = await timed('npm', [
      ...command,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    finished.push({ ...ended, files: readReport(report) });
  }
  return finished;
}

/** Runs a command with its output where ours goes, and says how long it took. */
async function timed(program, parameters) {
  const started = performance.now();
  const command = [program, ...parameters.slice(0, 2)].join(' ');
  console.log(`== ${command}`);
  const exitCode = await new Promise((resolve) => {
    running = spawn(program, parameters, { stdio: 'inherit' });
    running.on('error', (error) => {
      console.log(`${program}: ${error.message}`);
      resolve(127);
    });
    running.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
  console.log(`== ${command}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return { command, exitCode, files: undefined };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    return undefined;
  }
}
