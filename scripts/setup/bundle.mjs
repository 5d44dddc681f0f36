// The harness as JavaScript in build/: starts in a fraction of the time that loading TypeScript would take.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What can be imported from build/, and its source. */
const ENTRY_POINTS = {
  cli: 'harness/cli.ts',
  'history-thread': 'harness/history/night-thread.ts',
  'generate-history': 'harness/history/generate.ts',
  'stock-guest': 'harness/guest/stock-guest.ts',
  bisect: 'harness/bisect/main.ts',
  nightly: 'harness/nightly/main.ts',
  gate: 'harness/simulation/main.ts',
  self: 'harness/self/main.ts',
  'self-observer': 'harness/self/monitor-observer.ts',
  'self-resource-probe': 'harness/self/resource-probe.ts',
};

/** Scripts of pages, each a file of its own in build/. */
const PAGE_SCRIPTS = { 'report-page': 'report/html/browser/main.ts' };

/** Parts of Vega that no chart uses, a quarter of it. A page that is mailed around does not carry them. */
const UNUSED_IN_PAGES = ['crossfilter', 'force', 'geo', 'hierarchy', 'label', 'regression', 'voronoi', 'wordcloud'];
const NOTHING = './report/html/browser/nothing.ts';

/** Files that decide what the bundle is without being in it. */
const BUILD_FILES = ['package-lock.json', 'tsconfig.json', 'scripts/setup/bundle.mjs'];

/** Native code, which cannot be part of the bundle: loaded from node_modules by those who need it. */
const NATIVE = ['@duckdb/node-api'];

/** Some dependencies are CommonJS and call `require` for Node's own modules. */
const BANNER = `import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);`;

/** A run that goes on while the sources are edited still loads its own chunks, so old ones stay this long. */
const KEEP_CHUNKS_MS = 7 * 24 * 3600 * 1000;

/** Whether no source has changed since the bundle was made. */
export function isBundleFresh(root) {
  try {
    const recorded = JSON.parse(readFileSync(recordFile(root), 'utf8'));
    return Object.entries(recorded).every(([path, stamp]) => stampOf(root, path) === stamp);
  } catch {
    return false;
  }
}

/** Makes the bundle: `{ok: true}` or `{ok: false, message}` with the errors in the sources. */
export async function bundle(root) {
  const esbuild = await import('esbuild');
  const build = join(root, 'build');
  try {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: ENTRY_POINTS,
      outdir: build,
      chunkNames: 'chunk-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: NATIVE,
      target: 'node20',
      banner: { js: BANNER },
      legalComments: 'none',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const pages = await esbuild.build({
      absWorkingDir: root,
      entryPoints: PAGE_SCRIPTS,
      outdir: build,
      bundle: true,
      minify: true,
      format: 'iife',
      platform: 'browser',
      alias: Object.fromEntries(UNUSED_IN_PAGES.map((part) => [`vega-${part}`, NOTHING])),
      target: 'es2022',
      legalComments: 'none',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const inputs = { ...metafile.inputs, ...pages.metafile.inputs };
    const sources = Object.keys(inputs).filter((path) => !path.includes('node_modules/'));
    const record = Object.fromEntries([...sources, ...BUILD_FILES].map((path) => [path, stampOf(root, path)]));
    // The record is written last, and each file whole: a bundle that is cut off is made again.
    rmSync(recordFile(root), { force: true });
    for (const { path, contents } of [...outputFiles, ...pages.outputFiles]) writeWhole(path, contents);
    writeWhole(recordFile(root), JSON.stringify(record));
    removeOldChunks(build, new Set(outputFiles.map(({ path }) => path)));
    return { ok: true };
  } catch (error) {
    if (error.errors === undefined) throw error;
    const messages = await esbuild.formatMessages(error.errors, { kind: 'error' });
    return { ok: false, message: `The sources cannot be bundled:\n${messages.join('')}` };
  } finally {
    // Otherwise its process stays, beside the first measurement.
    await esbuild.stop();
  }
}

function recordFile(root) {
  return join(root, 'build', 'sources.json');
}

/** Date and size: a file that has been replaced by an older one has changed, too. */
function stampOf(root, path) {
  const { mtimeMs, size } = statSync(join(root, path));
  return `${mtimeMs} ${size}`;
}

function writeWhole(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

function removeOldChunks(build, current) {
  for (const file of readdirSync(build)) {
    const path = join(build, file);
    const isOld = file.startsWith('chunk-') && Date.now() - statSync(path).mtimeMs > KEEP_CHUNKS_MS;
    if (isOld && !current.has(path)) rmSync(path);
  }
}
