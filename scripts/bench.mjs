#!/usr/bin/env node
// The command `bench`: makes sure of what starting needs, then hands over. QEMU and the rest of the host are looked at
// by the commands that need them, so that a scenario can be checked anywhere.
import { ensureHost } from './setup/host-side.mjs';
import { HOST_CANNOT_RUN } from './setup/limits.mjs';
import { prepareNodeSide } from './setup/node-side.mjs';

const prepared = await prepareNodeSide();
if (prepared.ok) {
  const { main } = await import('../build/cli.js');
  process.exitCode = await main(process.argv.slice(2), { ensureHost });
} else {
  console.error(prepared.message);
  process.exitCode = HOST_CANNOT_RUN;
}
