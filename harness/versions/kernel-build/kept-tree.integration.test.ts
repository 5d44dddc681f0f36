import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../../project-root.ts';
import { BUILT_FILES, buildKernel } from './build-kernel.ts';
import type { LinuxSource } from './debian-source.ts';
import { sourceIn, sweepOldTrees } from './kept-tree.ts';

const FILES = 12;
const RECIPE = { fragment: 'CONFIG_SMALL=y\n', patches: [] };

let home: string;
let source: LinuxSource;
/** Names of the files that were compiled, each time they were. */
let log: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hotplug-bench-tree-'));
  log = join(home, 'log');
  source = { archive: join(home, 'small.tar.xz'), package: 'linux-source-0', version: '6.1.0-1' };
  await packSource();
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** What kbuild makes, in twelve files of which each takes a while, and an image that cannot be made of an empty one. */
async function packSource(): Promise<void> {
  const unpacked = join(home, 'source', 'linux');
  await mkdir(unpacked, { recursive: true });
  const names = Array.from({ length: FILES }, (_, index) => `file${index}`);
  for (const name of names) await writeFile(join(unpacked, `${name}.c`), `${name}\n`);
  const makefile = `
OBJECTS := ${names.map((name) => `${name}.o`).join(' ')}
tinyconfig:
	@echo CONFIG_SMALL=n > .config
olddefconfig: ;
%.o: %.c
	@echo '  CC      $@'
	@echo $* >> ${log}
	@sleep 0.2
	@cp $< $@
bzImage: $(OBJECTS)
	@for o in $(OBJECTS); do test -s $$o || { echo $$o is empty >&2; exit 1; }; done
	@mkdir -p arch/x86/boot include/config
	@echo 6.1.0 > include/config/kernel.release
	@cat $(OBJECTS) > arch/x86/boot/bzImage
	@: > modules.builtin.modinfo
.PHONY: tinyconfig olddefconfig bzImage
`;
  await writeFile(join(unpacked, 'Makefile'), makefile);
  await execa('tar', ['-cJf', source.archive, '-C', join(home, 'source'), 'linux']);
}

function tree(): string {
  return join(home, 'kernel.tree');
}

interface Attempt {
  readonly reports: readonly string[];
  readonly image: string;
  /** What it compiled. */
  readonly compiled: readonly string[];
}

/** Builds in this process, to the end. */
async function finish(): Promise<Attempt> {
  const before = (await compiled()).length;
  const place = { directory: join(home, 'built'), tree: tree() };
  await mkdir(place.directory);
  const reports: string[] = [];
  expect(await buildKernel(source, RECIPE, place, (text) => reports.push(text))).toEqual({
    ok: true,
    value: undefined,
  });
  expect(await readdir(home)).not.toContain('kernel.tree');
  const image = await readFile(join(place.directory, BUILT_FILES.image), 'utf8');
  return { reports, image, compiled: (await compiled()).slice(before) };
}

async function compiled(): Promise<readonly string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

const WHOLE_IMAGE = Array.from({ length: FILES }, (_, index) => `file${index}\n`).join('');

/** Another process builds, and is ended when it has compiled some files. `whom` gets the signal, found by the pid of node. */
async function interrupt(signal: NodeJS.Signals, whom: (pid: number) => Promise<number>): Promise<void> {
  const directory = await mkdtemp(join(projectRoot, 'build', 'test-'));
  const program = join(directory, 'builder.mjs');
  const place = { directory: join(home, 'claim'), tree: tree() };
  const contents = `
    import { buildKernel } from './build-kernel.ts';
    const result = await buildKernel(${JSON.stringify(source)}, ${JSON.stringify(RECIPE)}, ${JSON.stringify(place)}, () => {});
    console.log(JSON.stringify(result));
  `;
  const banner = {
    js: `import { createRequire as createRequireForTest } from 'node:module'; const require = createRequireForTest(import.meta.url);`,
  };
  const stdin = { contents, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  await build({ stdin, banner, bundle: true, platform: 'node', format: 'esm', outfile: program });
  await mkdir(place.directory);
  const builder = execa(process.execPath, [program], { reject: false });
  while ((await compiled()).length < FILES / 2) await sleep(20);
  process.kill(await whom(builder.pid ?? 0), signal);
  await builder;
  await rm(directory, { recursive: true });
  await rm(place.directory, { recursive: true });
}

const node = async (pid: number) => pid;

/** The one child of node at that time. */
async function make(pid: number): Promise<number> {
  return Number((await execa('pgrep', ['--parent', String(pid), 'make'])).stdout);
}

/** As if the last checkpoint had been made after the third file. Gives the files that are on the disk for certain. */
async function checkpointInBetween(): Promise<readonly string[]> {
  const objects = (await readdir(sourceIn(tree()))).filter((file) => file.endsWith('.o'));
  const times = await Promise.all(
    objects.map(async (file) => ({ file, mtimeMs: (await stat(join(sourceIn(tree()), file))).mtimeMs })),
  );
  times.sort((one, other) => one.mtimeMs - other.mtimeMs);
  const checkpoint = new Date(Math.ceil(times[2]?.mtimeMs ?? 0));
  await utimes(join(tree(), 'checkpoint'), checkpoint, checkpoint);
  return times.filter(({ mtimeMs }) => mtimeMs <= checkpoint.getTime()).map(({ file }) => file.replace('.o', ''));
}

test.each([
  ['SIGKILL', node],
  ['SIGINT', node],
  ['SIGINT', make],
] as const)('a build that %s ended goes on where it was, and gives the same bytes', async (signal, whom) => {
  await interrupt(signal, whom);
  const safe = await checkpointInBetween();
  expect(safe.length).toBeGreaterThan(0);
  const { reports, image, compiled } = await finish();
  expect(reports).toEqual(['linux 6.1.0-1: going on with a build that was interrupted']);
  expect(compiled).toHaveLength(FILES - safe.length);
  for (const file of safe) expect(compiled).not.toContain(file);
  expect(image).toBe(WHOLE_IMAGE);
});

test('what may not have reached the disk before the power went is compiled again', async () => {
  await interrupt('SIGKILL', node);
  const safe = await checkpointInBetween();
  for (const file of (await readdir(sourceIn(tree()))).filter((name) => name.endsWith('.o'))) {
    if (!safe.includes(file.replace('.o', ''))) await lose(file);
  }
  const { reports, image } = await finish();
  expect(reports).toEqual(['linux 6.1.0-1: going on with a build that was interrupted']);
  expect(image).toBe(WHOLE_IMAGE);
});

test('a tree that is damaged is thrown away, which is said with what was wrong', async () => {
  await interrupt('SIGKILL', node);
  const [damaged = ''] = await checkpointInBetween();
  await lose(`${damaged}.o`);
  const { reports, image, compiled } = await finish();
  expect(reports[1]).toMatch(/cannot go on with it, building from the beginning[\s\S]*file\d+\.o is empty/);
  expect(reports).toContain('linux 6.1.0-1: unpacking');
  expect(compiled).toEqual(expect.arrayContaining(Array.from({ length: FILES }, (_, index) => `file${index}`)));
  expect(image).toBe(WHOLE_IMAGE);
});

test('a tree whose source was not whole yet is not gone on with', async () => {
  await interrupt('SIGKILL', node);
  await rm(join(tree(), 'checkpoint'));
  const { reports, image } = await finish();
  expect(reports[0]).toBe('linux 6.1.0-1: unpacking');
  expect(image).toBe(WHOLE_IMAGE);
});

test('a build that fails leaves no tree', async () => {
  const broken = {
    fragment: 'CONFIG_SUCH_AS_THERE_IS_NONE=y\n',
    patches: [{ name: '0001-odd.patch', text: 'no patch' }],
  };
  const place = { directory: join(home, 'built'), tree: tree() };
  await mkdir(place.directory);
  expect(await buildKernel(source, broken, place, () => undefined)).toMatchObject({ ok: false });
  expect(await readdir(home)).not.toContain('kernel.tree');
});

test('only a tree that nobody has gone on with for a week is swept from the cache', async () => {
  const weekAgo = new Date(Date.now() - 8 * 24 * 3600_000);
  for (const name of ['old.tree', 'young.tree', 'old-entry'])
    await mkdir(join(home, name, 'linux'), { recursive: true });
  for (const name of ['old.tree', 'young.tree']) await writeFile(join(home, name, 'checkpoint'), '');
  await utimes(join(home, 'old.tree', 'checkpoint'), weekAgo, weekAgo);
  await utimes(join(home, 'old-entry'), weekAgo, weekAgo);
  await sweepOldTrees(home);
  expect(await readdir(home)).toEqual(expect.arrayContaining(['young.tree', 'old-entry']));
  expect(await readdir(home)).not.toContain('old.tree');
});

/** As after a power failure: the file is there, and nothing is in it. */
async function lose(file: string): Promise<void> {
  const path = join(sourceIn(tree()), file);
  const { atime, mtime } = await stat(path);
  await truncate(path);
  await utimes(path, atime, mtime);
}
