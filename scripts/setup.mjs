#!/usr/bin/env node
// Brings a bare checkout on a bare host to where it can measure: node_modules, the bundle, the Debian packages, and the
// stock guest. What is there already costs milliseconds. Plain Node: it runs before there is anything else.
// With --kernel-build also what it takes to build a guest kernel, as the tests do; with --test-tools what some tests use
// besides, which they can do without.
import { ensureHost, ensureTestTools } from './setup/host-side.mjs';
import { HOST_CANNOT_RUN, mayInstall } from './setup/limits.mjs';
import { CHECKOUT, prepareNodeSide } from './setup/node-side.mjs';
import { say, sayProgress } from './setup/progress.mjs';

const started = performance.now();
const failures = await setUp();
for (const message of failures) console.error(message);
process.exitCode = failures.length === 0 ? 0 : HOST_CANNOT_RUN;

/** The messages of what could not be set up; all that can be found out at once. */
async function setUp() {
  const nodeSide = await prepareNodeSide();
  if (!nodeSide.ok && mayInstall()) return [nodeSide.message];
  const host = await ensureHost({ kernelBuild: process.argv.includes('--kernel-build') });
  const failed = [nodeSide, host].filter((part) => !part.ok);
  if (failed.length > 0) return failed.map(({ message }) => message);
  const tools = process.argv.includes('--test-tools') ? await ensureTestTools() : { ok: true };
  if (!tools.ok) say(`some tests will be left out. ${tools.message}`);

  const { prepareStockGuest } = await import(new URL('build/stock-guest.js', CHECKOUT));
  const guest = await prepareStockGuest(sayProgress);
  if (!guest.ok) return [guest.failure.what, guest.failure.remedy];
  say(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s: ${guest.value.description}`);
  return [];
}
