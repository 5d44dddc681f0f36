import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import EXPECTED_SUITES from './expected-suites.json' with { type: 'json' };

/** The real script, with a stand-in for npm that leaves reports as vitest does, and ends as it is told. */

const RUN = join(import.meta.dirname, 'run.mjs');
const COUNT_LINE = /^\d+ passed, \d+ failed, \d+ skipped$/;

type Status = 'passed' | 'failed' | 'skipped' | 'todo';

interface Step {
  readonly exitCode?: number;
  /** As the shell's `kill` names it. */
  readonly signal?: string;
  /** Files with the statuses of their tests, or what is in the report instead; no report where not given. */
  readonly report?: Readonly<Record<string, readonly Status[]>> | string;
  /** Files that failed as a whole. */
  readonly broken?: readonly string[];
}

const PASSED: Step = { report: { 'harness/a.test.ts': ['passed', 'passed'] } };
const SUITES_PASSED = Object.fromEntries(EXPECTED_SUITES.map(({ file }) => [file, ['passed'] as Status[]]));

async function run(steps: { setup?: Step; check?: Step; test?: Step }) {
  const directory = await mkdtemp(join(tmpdir(), 'suites-'));
  for (const [name, step] of Object.entries(steps)) {
    await mkdir(join(directory, name));
    await writeFile(
      join(directory, name, 'end'),
      step.signal ? `kill -${step.signal} $$` : `exit ${step.exitCode ?? 0}`,
    );
    if (step.report !== undefined) await writeFile(join(directory, name, 'report'), reportText(step));
  }
  const npm = `#!/bin/sh
    echo "$*" >> ${directory}/calls
    case "$1" in run) step=$2;; *) step=$1;; esac
    for word; do case "$word" in --outputFile.json=*) report=\${word#*=};; esac; done
    if [ -e ${directory}/$step/report ]; then cp ${directory}/$step/report "$report"; fi
    if [ -e ${directory}/$step/end ]; then . ${directory}/$step/end; fi\n`;
  await writeFile(join(directory, 'npm'), npm);
  await chmod(join(directory, 'npm'), 0o755);
  const env = { PATH: `${directory}:${process.env.PATH}` };
  const { exitCode, stdout } = await execa(process.execPath, [RUN], { env, reject: false });
  const lines = stdout.split('\n');
  return { exitCode, lines, last: lines.at(-1) };
}

function reportText({ report, broken = [] }: Step): string {
  if (typeof report === 'string' || report === undefined) return report ?? '';
  const testResults = Object.entries(report).map(([file, statuses]) => ({
    name: `/checkout/${file}`,
    status: broken.includes(file) || statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  }));
  return JSON.stringify({ testResults });
}

test('all is well: the last line counts the tests of both commands, and exit 0', async () => {
  const report = { ...SUITES_PASSED, 'harness/b.integration.test.ts': ['passed', 'skipped', 'todo'] as const };
  const { exitCode, lines, last } = await run({ check: PASSED, test: { report } });
  expect(last).toBe(`${3 + EXPECTED_SUITES.length} passed, 0 failed, 2 skipped`);
  expect(lines.filter((line) => COUNT_LINE.test(line))).toEqual([last]);
  expect(exitCode).toBe(0);
});

test('a failed test is counted, and does not keep the rest from running', async () => {
  const check: Step = { exitCode: 1, report: { 'harness/a.test.ts': ['passed', 'failed'] } };
  const { exitCode, last } = await run({ check, test: { report: SUITES_PASSED } });
  expect(last).toBe(`${1 + EXPECTED_SUITES.length} passed, 1 failed, 0 skipped`);
  expect(exitCode).toBe(1);
});

test.each<[string, Step, string]>([
  ['lint or types', { exitCode: 2 }, 'npm run check: ended with exit code 2 and without a report of its tests'],
  ['vitest, killed', { signal: 'KILL' }, 'npm run check: ended with exit code 137 and without a report of its tests'],
  [
    'a report cut off',
    { report: '{"testResults": [' },
    'npm run check: ended with exit code 0 and without a report of its tests',
  ],
  [
    'something beside the tests',
    { ...PASSED, exitCode: 1 },
    'npm run check: ended with exit code 1, though no test failed; see above',
  ],
  [
    'a file that cannot be loaded',
    { exitCode: 1, report: { 'harness/a.test.ts': [] }, broken: ['harness/a.test.ts'] },
    '/checkout/harness/a.test.ts: failed outside its tests; see above',
  ],
])('what fails and is no test is one failure, with its reason: %s', async (_, check, reason) => {
  const { exitCode, lines, last } = await run({ check, test: { report: SUITES_PASSED } });
  expect(last).toContain(' passed, 1 failed, 0 skipped');
  expect(lines).toContain(reason);
  expect(exitCode).toBe(1);
});

test('a suite that CI is meant to run may not be left out: not run at all', async () => {
  const { exitCode, lines, last } = await run({ check: PASSED, test: PASSED });
  for (const { name, file } of EXPECTED_SUITES) expect(lines).toContain(`${name} was left out: ${file} was not run`);
  expect(last).toBe(`4 passed, ${EXPECTED_SUITES.length} failed, 0 skipped`);
  expect(exitCode).toBe(1);
});

test('a suite that CI is meant to run may not be left out: one of its tests skipped', async () => {
  const report = Object.fromEntries(EXPECTED_SUITES.map(({ file }) => [file, ['passed', 'skipped'] as const]));
  const { exitCode, lines, last } = await run({ check: PASSED, test: { report } });
  const n = EXPECTED_SUITES.length;
  for (const { name, file } of EXPECTED_SUITES)
    expect(lines).toContain(`${name} was left out: ${file} skipped 1 of its 2 tests`);
  expect(last).toBe(`${2 + n} passed, ${n} failed, ${n} skipped`);
  expect(exitCode).toBe(1);
});

test('where set-up fails nothing is run, and the last line says so', async () => {
  const { exitCode, lines, last } = await run({
    setup: { exitCode: 4 },
    check: PASSED,
    test: { report: SUITES_PASSED },
  });
  expect(last).toBe(`0 passed, ${1 + EXPECTED_SUITES.length} failed, 0 skipped`);
  expect(lines).not.toContain('== npm run check');
  expect(exitCode).toBe(1);
});
