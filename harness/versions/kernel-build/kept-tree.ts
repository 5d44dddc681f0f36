import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { toolPath } from '../../host/requirements.ts';
import { runTool } from '../../host/run-tool.ts';
import { type FailureWithRemedy, ok, type Result } from '../../result.ts';

/**
 * Where a kernel is compiled: a directory that outlives the process, so that a build that was interrupted goes on. The
 * source is in `linux`. `checkpoint` is there once the source is ready to be compiled, and is no newer than what was on
 * the disk at that moment. Its user holds the claim on the kernel's cache entry.
 */
const SOURCE = 'linux';
const CHECKPOINT = 'checkpoint';
/** The name of such a directory in the cache: that of the kernel's entry, and this. */
export const TREE_SUFFIX = '.tree';

/** How often what has been compiled is made sure to be on the disk, in milliseconds: as much is compiled twice at the most. */
const CHECKPOINT_INTERVAL_MS = 30_000;

/**
 * A file that was half-written when its process was killed, and is not younger than this at a checkpoint, would be taken
 * for a whole one. The build's programs write their output within a second or two, and kbuild itself makes most files
 * again whose command it has not noted as done (scripts/Kbuild.include, if_changed).
 */
const WRITING_MS = 10_000;

/** A tree that nobody has gone on with for this long is removed: it takes 1.5 GB. */
const KEPT_MS = 7 * 24 * 3600_000;

/** How long the programs of a killed build may take to notice it, in seconds: make stops at the next line that it prints. */
const ORPHANS_WAIT_S = 120;

/** The source's directory in a tree. */
export function sourceIn(tree: string): string {
  return join(tree, SOURCE);
}

/** Whether an earlier process got as far as compiling here. */
export async function isContinuable(tree: string): Promise<boolean> {
  return (await stat(join(tree, CHECKPOINT)).catch(() => undefined)) !== undefined;
}

/** Makes the tree anew, with an empty directory for the source. */
export async function emptyTree(tree: string): Promise<void> {
  await discardTree(tree);
  await mkdir(sourceIn(tree), { recursive: true });
}

/** Removes a tree in one step, whoever may still be writing in it. What cannot be removed is swept from the cache later. */
export async function discardTree(tree: string): Promise<void> {
  if ((await stat(tree).catch(() => undefined)) === undefined) return;
  const scrap = await mkdtemp(`${tree}.scrap-`);
  await rename(tree, scrap);
  await rm(scrap, { recursive: true, force: true }).catch(() => undefined);
}

/** Says that the source is ready to be compiled, once it is on the disk. */
export async function markReady(tree: string): Promise<void> {
  await sync(tree);
  await writeFile(join(tree, CHECKPOINT), '');
}

/** Goes on noting how far the build is certain to be on the disk, while `work` compiles. */
export async function withCheckpoints<Value>(tree: string, work: () => Promise<Value>): Promise<Value> {
  let underWay = false;
  const timer = setInterval(async () => {
    if (underWay) return;
    underWay = true;
    const writtenBefore = new Date(Date.now() - WRITING_MS);
    if (await sync(tree)) await utimes(join(tree, CHECKPOINT), writtenBefore, writtenBefore).catch(() => undefined);
    underWay = false;
  }, CHECKPOINT_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/**
 * Takes away whatever was written since the last checkpoint: it may be half-written, or never have reached the disk. Waits
 * for programs of the earlier build that are still running; make's lock is on the source's directory.
 */
export async function rewind(tree: string): Promise<Result<void, FailureWithRemedy>> {
  const source = sourceIn(tree);
  const find = ['find', source, '-type', 'f,l', '-newer', join(tree, CHECKPOINT), '-delete'];
  const remedy = `End the processes that work in ${source}.`;
  const run = await runTool('flock', ['--verbose', '--wait', String(ORPHANS_WAIT_S), source, ...find], remedy);
  return run.ok ? ok(undefined) : run;
}

/** Removes trees of builds that nobody has gone on with. */
export async function sweepOldTrees(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((file) => file.endsWith(TREE_SUFFIX))) {
    const tree = join(root, name);
    const touched =
      (await stat(join(tree, CHECKPOINT)).catch(() => undefined)) ?? (await stat(tree).catch(() => undefined));
    if (touched && Date.now() - touched.mtimeMs > KEPT_MS) await discardTree(tree);
  }
}

async function sync(tree: string): Promise<boolean> {
  const run = await execa('sync', ['--file-system', tree], { env: { PATH: toolPath() }, reject: false });
  return !run.failed;
}
