import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { cacheEntry } from '../../harness/cache/cache.ts';
import { ok } from '../../harness/result.ts';
import { packageLists } from '../../harness/versions/apt.ts';
import { chooseVersion } from '../../harness/versions/debian-packages.ts';
import { fetchPackages } from '../../harness/versions/fetch-version.ts';
import { hostArchive } from '../../harness/versions/host-archive.ts';
import { openmetrics } from './openmetrics.ts';
import { RESTORED_OPERATIONS, TEST_OPERATION, testComparison, testExport, VIRTUAL_OPERATION } from './test-export.ts';

const PACKAGE = 'prometheus';

/** Unpacked, not installed: the package's server would be started. Undefined where nothing may be fetched. */
async function findPromtool(): Promise<string | undefined> {
  const installed = await execa('promtool', ['--version'], { reject: false });
  if (installed.exitCode === 0) return 'promtool';
  if (process.env.HOTPLUG_BENCH_NO_INSTALL === '1') return undefined;
  const entry = await cacheEntry(
    'promtool',
    async (directory, report) => {
      const lists = await packageLists('bookworm', await hostArchive(), report);
      if (!lists.ok) return lists;
      const main = await chooseVersion(lists.value, PACKAGE, undefined);
      if (!main.ok) return main;
      const fetched = await fetchPackages(
        lists.value,
        { main: main.value, others: [], fetch: 'alone' },
        directory,
        report,
      );
      // The server is as large as the tool, and of no use here.
      if (fetched.ok) await rm(join(directory, 'usr/bin/prometheus'));
      return fetched.ok ? ok(undefined) : fetched;
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
