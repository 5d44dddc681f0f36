#!/usr/bin/env node
// Simulates the gate, the history's change points and the intervals, and prints what they promise and keep. With --full more
// runs of each kind, so that rates are known to a few tenths of a per cent.
import { HOST_CANNOT_RUN } from './setup/limits.mjs';
import { prepareNodeSide } from './setup/node-side.mjs';

const prepared = await prepareNodeSide();
if (prepared.ok) {
  const { main } = await import('../build/gate.js');
  process.exitCode = main(process.argv.slice(2));
} else {
  console.error(prepared.message);
  process.exitCode = HOST_CANNOT_RUN;
}
