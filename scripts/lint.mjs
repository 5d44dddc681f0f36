#!/usr/bin/env node
// What `npm run check` asks of the source before the tests. The tools run side by side, since most of each is the work of one
// thread; the tests have all CPUs to themselves afterwards. What has not changed since the last time is not looked at again.
import { execa } from 'execa';

const CACHE = 'node_modules/.cache';

const COMMANDS = [
  ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', `${CACHE}/tsc.tsbuildinfo`],
  ['knip', '--no-progress', '--cache', '--cache-location', `${CACHE}/knip`],
  ['depcruise', '--config', '.dependency-cruiser.mjs', '--cache', `${CACHE}/dependency-cruiser`, 'harness', 'report'],
  ['biome', 'check', '.'],
];

const ended = await Promise.all(
  COMMANDS.map(([program, ...words]) => execa(program, words, { preferLocal: true, reject: false, all: true })),
);
for (const { command, all, failed } of ended) if (failed) console.error(`${command}\n${all}\n`);
process.exitCode = ended.some(({ failed }) => failed) ? 1 : 0;
