#!/usr/bin/env node
// The command `bench`: makes sure of what starting needs, then hands over. QEMU and the rest of the host are looked at
// by the commands that need them, so that a scenario can be checked anywhere.
import { ensureHost } from './setup/host-side.mjs';
import { DEFECT, HOST_CANNOT_RUN, HOST_CODES } from './setup/limits.mjs';
import { prepareNodeSide } from './setup/node-side.mjs';

// Node's own exit code for what nobody has caught is 1, which means a regression.
process.on('uncaughtException', (error) => {
  // The harness has one of its own while it has QEMU to end.
  if (process.listenerCount('uncaughtException') > 1) return;
  console.error(HOST_CODES.has(error.code) ? error.message : error);
  process.exit(HOST_CODES.has(error.code) ? HOST_CANNOT_RUN : DEFECT);
});

const prepared = await prepareNodeSide();
if (prepared.ok) {
  const { main } = await import('../build/cli.js');
  process.exitCode = await main(process.argv.slice(2), { ensureHost });
} else {
  console.error(prepared.message);
  process.exitCode = HOST_CANNOT_RUN;
}
