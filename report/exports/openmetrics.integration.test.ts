import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { cacheEntry } from '../../harness/guest/cache.ts';
import { downloadPackage } from '../../harness/guest/download-package.ts';
import { ok } from '../../harness/result.ts';
import { openmetrics } from './openmetrics.ts';
import { RESTORED_OPERATIONS, TEST_OPERATION, testComparison, testExport, VIRTUAL_OPERATION } from './test-export.ts';

const PACKAGE = 'prometheus';
const REMEDY = `apt-get install ${PACKAGE}`;

/** Unpacked, not installed: the package's server would be started. Undefined where nothing may be fetched. */
async function findPromtool(): Promise<string | undefined> {
  const installed = await execa('promtool', ['--version'], { reject: false });
  if (installed.exitCode === 0) return 'promtool';
  if (process.env.HOTPLUG_BENCH_NO_INSTALL === '1') return undefined;
  const entry = await cacheEntry(
    'promtool',
    async (directory, report) => {
      const archive = await downloadPackage(async () => ok(PACKAGE), directory, REMEDY, report);
      if (!archive.ok) return archive;
      await execa('dpkg-deb', ['-x', archive.value, directory]);
      // The server is as large as the tool, and of no use here.
      await Promise.all([archive.value, join(directory, 'usr/bin/prometheus')].map((file) => rm(file)));
      return ok(undefined);
    },
    () => {},
  );
  return entry.ok ? join(entry.value, 'usr/bin/promtool') : undefined;
}

const promtool = await findPromtool();

test.skipIf(promtool === undefined)('promtool finds nothing to say against the metrics', async () => {
  const quoted = { ...TEST_OPERATION, variant: 'a "quoted"\\\nname' };
  const operations = [TEST_OPERATION, quoted, ...RESTORED_OPERATIONS, VIRTUAL_OPERATION];
  const comparisons = [testComparison(), testComparison({ variant: 'restored', operation: 'boot' })];
  const { text } = openmetrics.render([testExport({ operations, comparisons })]);
  const checked = await execa(promtool ?? '', ['check', 'metrics'], { input: text, reject: false });
  expect({ code: checked.exitCode, said: checked.stdout + checked.stderr }).toEqual({ code: 0, said: '' });
});
