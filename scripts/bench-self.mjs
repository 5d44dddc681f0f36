#!/usr/bin/env node
// The benchmark of the tool itself: sets up what a measurement needs, then measures and prints.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const setUp = spawnSync(process.execPath, [fileURLToPath(new URL('setup.mjs', import.meta.url))], { stdio: 'inherit' });
if (setUp.status === 0) {
  const { main } = await import('../build/self.js');
  process.exitCode = await main();
} else {
  process.exitCode = setUp.status ?? 1;
}
