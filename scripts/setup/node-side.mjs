// What the harness needs of Node: its version, node_modules, and the bundle in build/.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundle, isBundleFresh } from './bundle.mjs';
import { mayInstall } from './limits.mjs';
import { runCommand, say, step } from './progress.mjs';

export const CHECKOUT = new URL('../../', import.meta.url);

/** Brings the Node side of this checkout up to date: `{ok: true}` or `{ok: false, message}`. */
export async function prepareNodeSide() {
  const root = fileURLToPath(CHECKOUT);
  const tooOld = nodeTooOld(root);
  if (tooOld) return { ok: false, message: tooOld };
  if (areModulesInstalled(root) && isBundleFresh(root)) return { ok: true };
  return alone(
    root,
    () => say('waiting for another set-up of this checkout'),
    () => update(root),
  );
}

async function update(root) {
  if (!areModulesInstalled(root)) {
    const command = ['npm', 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    if (!mayInstall()) {
      return { ok: false, message: `node_modules does not match package-lock.json. Type:\n  npm ci --include=dev` };
    }
    const installed = await step('installing node_modules', () => runCommand(command, { cwd: root }));
    if (!installed.ok) return installed;
  }
  return isBundleFresh(root) ? { ok: true } : step('bundling the harness', () => bundle(root));
}

function nodeTooOld(root) {
  const required = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  const [, major, minor] = /^>=(\d+)\.(\d+)/.exec(required).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return undefined;
  return `hotplug-bench needs Node ${required}, and this is ${process.versions.node}. Get a newer one from https://nodejs.org.`;
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes what it installed into a lockfile of its own,
 * last of all, so an installation that was cut off is seen. Packages may be missing that are for other platforms.
 */
function areModulesInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  const isSame = (path) =>
    installed[path]?.version === wanted[path]?.version &&
    (wanted[path]?.integrity === undefined || installed[path]?.integrity === wanted[path].integrity);
  const isLeftOut = (path) => !installed[path] && (wanted[path].optional || wanted[path].devOptional);
  return (
    Object.keys(installed).every(isSame) &&
    Object.keys(wanted).every((path) => path === '' || isLeftOut(path) || isSame(path))
  );
}

function readPackages(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

const POLL_MS = 200;

/**
 * Does something in a directory while no other process of this machine does it there; others wait. The lock is a socket
 * in the abstract namespace of Linux (unix(7)): it goes when its process goes, however that ends.
 */
async function alone(directory, onWait, action) {
  const name = `\0hotplug-bench-setup-${createHash('sha256').update(directory).digest('hex')}`;
  let lock = await listen(name);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await sleep(POLL_MS);
    lock = await listen(name);
  }
  try {
    return await action();
  } finally {
    lock.close();
  }
}

async function listen(name) {
  const server = createServer().listen(name);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
