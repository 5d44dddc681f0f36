#!/usr/bin/env node
// Fills a folder with synthetic run directories: node scripts/generate-history.mjs /tmp/history 3650 24
import { HOST_CANNOT_RUN } from './setup/limits.mjs';
import { prepareNodeSide } from './setup/node-side.mjs';

const prepared = await prepareNodeSide();
if (prepared.ok) {
  const { main } = await import('../build/generate-history.js');
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(prepared.message);
  process.exitCode = HOST_CANNOT_RUN;
}
