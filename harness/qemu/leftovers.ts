import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from './managed-process.ts';
import { isRunning, isScope, type ProcessIdentity, parseIdentityName, processScope } from './process-identity.ts';
import { PROCESSES_DIRECTORY, SCOPE_FILE } from './process-registry.ts';
import { baseDirectories, dangerOf } from './runtime-directory.ts';

/** How long a killed process may take to go. One that waits for a disk in the kernel can take longer, or for ever. */
const DEATH_TIMEOUT_MS = 5_000;
const DEATH_POLL_MS = 5;

/** What a harness that was killed had left behind. */
export type Leftover =
  /** A process that still ran. `killed: false`: it would not die, and its record was kept for the next time. */
  | { readonly kind: 'process'; readonly pid: number; readonly command: string; readonly killed: boolean }
  /** A record that could not be read. It was removed; if there was a process behind it, nobody knows which. */
  | { readonly kind: 'unreadable-record'; readonly path: string; readonly reason: string };

/**
 * Kills and removes what dead harnesses left behind: processes by pid and start time, never by name. Directories of
 * harnesses that live, or of which that cannot be told from here, are left alone. Finding nothing takes a millisecond.
 */
export async function cleanLeftovers(): Promise<readonly Leftover[]> {
  const found = await Promise.all(baseDirectories().map(cleanLeftoversIn));
  return found.flat();
}

/** The same for one base directory. */
export async function cleanLeftoversIn(base: string): Promise<readonly Leftover[]> {
  // Records that others could have written must not decide what is killed.
  const danger = await dangerOf(base).catch(() => 'is not there');
  if (danger !== undefined) return [];
  const found: Leftover[] = [];
  for (const name of await listed(base)) {
    const owner = parseIdentityName(name);
    if (owner && !isRunning(owner)) found.push(...(await cleanDirectory(join(base, name))));
  }
  return found;
}

async function cleanDirectory(directory: string): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  const scopeFile = join(directory, SCOPE_FILE);
  const recordedScope = await textOf(scopeFile);
  if (isScope(recordedScope) && recordedScope !== processScope()) return [];
  if (!isScope(recordedScope)) found.push({ kind: 'unreadable-record', path: scopeFile, reason: 'it is not whole' });

  const records = join(directory, PROCESSES_DIRECTORY);
  for (const name of await listed(records)) {
    const path = join(records, name);
    const identity = parseIdentityName(name);
    if (!identity) found.push({ kind: 'unreadable-record', path, reason: 'its name is not a pid and a start time' });
    else if (isRunning(identity)) {
      const command = await textOf(path);
      found.push({ kind: 'process', pid: identity.pid, command, killed: await endProcess(identity) });
    }
  }
  if (found.every((one) => one.kind !== 'process' || one.killed)) await rm(directory, { recursive: true, force: true });
  return found;
}

/** Whether it is gone. The registry made it the leader of its process group, which goes with it. */
async function endProcess(identity: ProcessIdentity): Promise<boolean> {
  signalGroup(identity.pid, 'SIGKILL');
  const deadline = performance.now() + DEATH_TIMEOUT_MS;
  while (isRunning(identity) && performance.now() < deadline) await sleep(DEATH_POLL_MS);
  return !isRunning(identity);
}

/** Two starts may clean up at the same time: what the other one has removed reads as empty. */
async function listed(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(whenMissing([]));
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(whenMissing(''));
}

function whenMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
