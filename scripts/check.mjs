#!/usr/bin/env node
// `npm run check`: what is asked of the source, and the unit tests. All of it side by side, since most of each is the work of one
// thread and each waits now and then; no test depends on how fast it is. What has not changed since the last time is not looked at
// again. Arguments are those of vitest.
import { execa } from 'execa';

const CACHE = 'node_modules/.cache';

const QUIET = [
  ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', `${CACHE}/tsc.tsbuildinfo`],
  ['knip', '--no-progress', '--cache', '--cache-location', `${CACHE}/knip`],
  ['depcruise', '--config', '.dependency-cruiser.mjs', '--cache', `${CACHE}/dependency-cruiser`, 'harness', 'report'],
  ['biome', 'check', '.'],
];

const options = { preferLocal: true, reject: false };
const tests = execa('vitest', ['run', '--project', 'unit', ...process.argv.slice(2)], { ...options, stdio: 'inherit' });
const quiet = await Promise.all(QUIET.map(([program, ...words]) => execa(program, words, { ...options, all: true })));
const { failed } = await tests;
// Behind the tests, where it is seen.
for (const { command, all, failed: isBad } of quiet) if (isBad) console.error(`${command}\n${all}\n`);
process.exitCode = failed || quiet.some(({ failed: isBad }) => isBad) ? 1 : 0;
