import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * The right of one process to build one cache entry: a directory `<name>.building` with a file `holder` that says who
 * builds, and a directory `entry` in which it builds. It is made elsewhere and renamed into place, so that it is taken
 * by exactly one process and never seen half-written; and because lock and half-built files are one directory, taking
 * over a dead process's lock and removing what it left are one step.
 *
 * Whatever is called `<name>.scrap-*` belongs to nobody and may be removed at any time.
 */
export interface Claim {
  /** An empty directory to build in; rename it to keep what is in it. */
  readonly directory: string;
  /** Gives the claim up and removes what is left in its directory. */
  readonly release: () => Promise<void>;
}

/** The process that builds an entry. */
export interface Holder {
  readonly hostname: string;
  /** Boot and pid namespace: where `pid` means something. */
  readonly machine: string;
  readonly pid: number;
  /** Start of the process in clock ticks since boot, which tells it from a later process with the same pid. */
  readonly startTicks: string;
}

const BUILDING = '.building';
const SCRAP = '.scrap-';
const TAKING = '.taking';

/** Moving a directory away takes milliseconds. */
const TAKING_MS = 10_000;

/**
 * Of a process on another machine or in another container that shares the cache, only the date of its holder file can
 * be seen: it is touched this often, and the process counts as dead when it has not been for the second time.
 */
const HEARTBEAT_MS = 10_000;
const SILENCE_MS = 120_000;

/** Takes the right to build the entry, from a dead process if need be, or says who has it. */
export async function claimBuild(
  root: string,
  name: string,
): Promise<{ taken: true; claim: Claim } | { taken: false; holder: Holder }> {
  const building = join(root, name + BUILDING);
  for (;;) {
    const holder = await readHolder(building);
    if (holder === 'nobody' && (await moveClaimTo(building))) return { taken: true, claim: holdClaim(building) };
    if (holder === 'nobody') continue;
    if (holder !== 'unreadable' && (await isAlive(building, holder))) return { taken: false, holder };
    await takeAway(building, holder);
  }
}

/** Removes what killed processes left of any entry. */
export async function sweepLeftovers(root: string): Promise<void> {
  for (const file of await readdir(root)) {
    const path = join(root, file);
    if (file.includes(SCRAP)) await remove(path);
    if (!file.endsWith(BUILDING)) continue;
    const holder = await readHolder(path);
    if (holder === 'unreadable' || (holder !== 'nobody' && !(await isAlive(path, holder)))) {
      await takeAway(path, holder);
    }
  }
}

/** False when another process was faster, or swept the half-made claim away. */
async function moveClaimTo(building: string): Promise<boolean> {
  const scrap = await mkdtemp(scrapPrefix(building));
  try {
    await mkdir(join(scrap, 'entry'));
    await writeFile(join(scrap, 'holder'), JSON.stringify(await thisProcess()));
    await rename(scrap, building);
    return true;
  } catch (error) {
    await remove(scrap);
    if (isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return false;
    throw error;
  }
}

function holdClaim(building: string): Claim {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(join(building, 'holder'), now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    directory: join(building, 'entry'),
    release: async () => {
      clearInterval(heartbeat);
      // Renamed before it is emptied: an empty directory in this place could be replaced by the next claim.
      const scrap = await mkdtemp(scrapPrefix(building));
      await rename(building, scrap).catch(() => undefined);
      await remove(scrap);
    },
  };
}

/**
 * Removes a claim whose holder is dead. One process at a time may do so: otherwise a second one that has read the same holder
 * could move the claim that a third has made in the meantime. Who is kept out looks again.
 */
async function takeAway(building: string, dead: Holder | 'unreadable'): Promise<void> {
  const taking = building.slice(0, -BUILDING.length) + TAKING;
  if (!(await beginTaking(taking))) return;
  try {
    // A claim can only be made where there is none, so that this one stays until it is moved.
    if (JSON.stringify(await readHolder(building)) === JSON.stringify(dead)) await throwAway(building);
  } finally {
    await rmdir(taking).catch(() => undefined);
  }
}

/** False while another process is at it. One that was killed in the middle keeps others out for TAKING_MS. */
async function beginTaking(taking: string): Promise<boolean> {
  try {
    await mkdir(taking);
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const since = await stat(taking).catch(() => undefined);
    if (since && Date.now() - since.mtimeMs > TAKING_MS) await rmdir(taking).catch(() => undefined);
    return false;
  }
}

async function throwAway(building: string): Promise<void> {
  const scrap = await mkdtemp(scrapPrefix(building));
  try {
    await rename(building, scrap);
  } catch (error) {
    // A directory of an overlay's lower layer cannot be moved (Linux Documentation/filesystems/overlayfs.rst): it came with the
    // image of a container, so that nobody can be building in it.
    if (isCode(error, 'EXDEV')) await remove(building);
    else if (!isCode(error, 'ENOENT')) throw error;
  } finally {
    await remove(scrap);
  }
}

async function readHolder(building: string): Promise<Holder | 'nobody' | 'unreadable'> {
  try {
    return JSON.parse(await readFile(join(building, 'holder'), 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return 'unreadable';
    if (!isCode(error, 'ENOENT')) throw error;
    return (await stat(building).catch(() => undefined)) === undefined ? 'nobody' : 'unreadable';
  }
}

async function isAlive(building: string, holder: Holder): Promise<boolean> {
  const self = await thisProcess();
  if (holder.machine === self.machine) return (await startTicks(holder.pid)) === holder.startTicks;
  const touched = await stat(join(building, 'holder')).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs < SILENCE_MS;
}

async function thisProcess(): Promise<Holder> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const machine = `${boot} ${await readlink('/proc/self/ns/pid')}`;
  return {
    hostname: hostname(),
    machine,
    pid: process.pid,
    startTicks: (await startTicks(process.pid)) ?? '',
  };
}

/**
 * Field 22 of /proc/<pid>/stat (proc(5)), counted after the command name, which may itself hold blanks and brackets.
 * Nothing for a process that is gone or is only waiting to be reaped.
 */
async function startTicks(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[22 - 3];
}

/** A name that `mkdtemp` completes. */
function scrapPrefix(building: string): string {
  return building.slice(0, -BUILDING.length) + SCRAP;
}

/** What cannot be removed now is swept by a later build. */
async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
