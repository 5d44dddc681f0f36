import { expect, test } from 'vitest';
import { PROGRESS_INTERVAL_MS } from '../../host/run-tool.ts';
import { compileProgress, EXPECTED_FILES } from './run-make.ts';

test('only compiled files are counted, and the count is reported now and then', () => {
  const reports: string[] = [];
  let time = 0;
  const onLine = compileProgress(
    'linux 6.1',
    (text) => reports.push(text),
    EXPECTED_FILES,
    () => time,
  );
  onLine('  CC      init/main.o');
  onLine('  HOSTCC  scripts/basic/fixdep');
  onLine('  AS      arch/x86/entry/entry_64.o');
  expect(reports).toEqual([]);
  time = PROGRESS_INTERVAL_MS;
  onLine('  AR      init/built-in.a');
  onLine('  CC      init/version.o');
  onLine('  CC      init/calibrate.o');
  expect(reports).toEqual(['linux 6.1: compiling (3 of ~1378 files)']);
});

test('more files than expected do not make more than all', () => {
  const reports: string[] = [];
  let time = 0;
  const onLine = compileProgress(
    'linux',
    (text) => reports.push(text),
    EXPECTED_FILES,
    () => time,
  );
  for (let file = 0; file < 1400; file += 1) onLine('  CC      file.o');
  time = PROGRESS_INTERVAL_MS;
  onLine('  CC      file.o');
  expect(reports).toEqual(['linux: compiling (1401 of ~1401 files)']);
});

test('of a build that goes on, only what has been done is said', () => {
  const reports: string[] = [];
  let time = 0;
  const onLine = compileProgress(
    'linux',
    (text) => reports.push(text),
    undefined,
    () => time,
  );
  time = PROGRESS_INTERVAL_MS;
  onLine('  CC      file.o');
  expect(reports).toEqual(['linux: compiling (1 files)']);
});
