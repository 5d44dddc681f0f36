// From what every step of CI left behind to the line that ends CI.

/**
 * @typedef {{name: string, status: string, assertionResults: readonly {status: string}[]}} TestFile
 * A file in a report of vitest's JSON reporter; `name` is its absolute path.
 * @typedef {{
 *   command: string, exitCode: number,
 *   files: readonly TestFile[] | undefined,
 * }} FinishedStep
 * A command that was run. `files` is undefined where vitest wrote no report.
 */

/**
 * Counts tests over all steps.
 *
 * What failed and is no test counts as one failure, so that `failed` is 0 only where all is well: a command that ended with
 * an error without a failed test (lint, types, vitest itself), one without a report, a file that could not be loaded, and
 * an expected suite of which any test was skipped.
 *
 * @param {readonly FinishedStep[]} steps
 * @param {readonly {name: string, file: string}[]} expected the suites that must not be left out
 * @returns {{passed: number, failed: number, skipped: number, problems: readonly string[]}} `problems`: a line for each
 *   failure that is no test
 */
export function countTests(steps, expected) {
  const files = steps.flatMap((step) => step.files ?? []);
  const problems = [...steps.flatMap(problemsOf), ...expected.flatMap((suite) => leftOut(suite, files))];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = withStatus(tests, 'passed');
  const failed = withStatus(tests, 'failed');
  return { passed, failed: failed + problems.length, skipped: tests.length - passed - failed, problems };
}

/** The last line of CI. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** @param {FinishedStep} step */
function problemsOf({ command, exitCode, files }) {
  const ended = `${command}: ended with exit code ${exitCode}`;
  if (files === undefined) return [`${ended} and without a report of its tests`];
  const notLoaded = files.filter(
    (file) => file.status === 'failed' && withStatus(file.assertionResults, 'failed') === 0,
  );
  if (notLoaded.length > 0) return notLoaded.map((file) => `${file.name}: failed outside its tests; see above`);
  const hasFailedTest = files.some((file) => withStatus(file.assertionResults, 'failed') > 0);
  return exitCode === 0 || hasFailedTest ? [] : [`${ended}, though no test failed; see above`];
}

function leftOut({ name, file }, files) {
  const tests = files.filter((one) => one.name.endsWith(`/${file}`)).flatMap((one) => one.assertionResults);
  if (tests.length === 0) return [`${name} was left out: ${file} was not run`];
  const skipped = tests.length - withStatus(tests, 'passed') - withStatus(tests, 'failed');
  return skipped === 0 ? [] : [`${name} was left out: ${file} skipped ${skipped} of its ${tests.length} tests`];
}

function withStatus(tests, status) {
  return tests.filter((test) => test.status === status).length;
}
