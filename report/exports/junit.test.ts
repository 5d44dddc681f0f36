import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convert } from 'xmlbuilder2';
import type { ExportedRun } from './export-format.ts';
import { junit } from './junit.ts';
import { failedSample, TEST_OPERATION, testComparison, testExport } from './test-export.ts';

interface Suite {
  readonly '@tests': string;
  readonly '@failures': string;
  readonly '@errors': string;
  readonly '@skipped': string;
  readonly testcase: TestCase | readonly TestCase[];
}
interface TestCase {
  readonly '@classname': string;
  readonly '@name': string;
  readonly '@time': string;
  readonly failure?: { readonly '@type': string; readonly '@message': string; readonly '#': string };
  readonly skipped?: { readonly '@message': string };
}

function suiteOf(run: ExportedRun) {
  const { text } = junit.render([run]);
  const parsed = convert(text, { format: 'object' }) as unknown as { testsuites: { testsuite: Suite } };
  const suite = parsed.testsuites.testsuite;
  return { suite, cases: [suite.testcase].flat() as readonly TestCase[], text };
}

test('a case for each variant and operation, with its median as the time', () => {
  const boot = { ...TEST_OPERATION, operation: 'boot' as const, p50_ms: 900 };
  const { suite, cases } = suiteOf(testExport({ operations: [boot, TEST_OPERATION] }));
  expect([suite['@tests'], suite['@failures'], suite['@skipped']]).toEqual(['2', '0', '0']);
  expect(cases.map((one) => [one['@classname'], one['@name'], one['@time'], one.failure])).toEqual([
    ['nightly.shpc', 'boot', '0.900000', undefined],
    ['nightly.shpc', 'plug', '6.263400', undefined],
  ]);
});

test('a regression is a failed case that names the phase', () => {
  const { suite, cases } = suiteOf(testExport({ comparisons: [testComparison()] }));
  expect(suite['@failures']).toBe('1');
  expect(cases[0]?.failure).toMatchObject({ '@type': 'regressed', '@message': '9.9 % slower than good' });
  expect(cases[0]?.failure?.['#']).toContain('phase button-wait: 4600 ms, now 5159 ms');
});

test('failed operations are a failed case that says what happened, where the time goes, and on what', () => {
  const operation = { ...TEST_OPERATION, failures: 1 };
  const { cases } = suiteOf(testExport({ operations: [operation], samples: [failedSample('no answer\r\nfor 30 s')] }));
  const text = cases[0]?.failure?.['#'];
  expect(text).toContain('timeout: boot 3, cycle 2, disk: no answer; for 30 s');
  expect(text).toContain('button-wait 5159');
  expect(text).toContain('kvm (it works)');
});

test('a failure that the scenario expects is none', () => {
  const { sample, ...names } = failedSample('refused');
  const samples = [{ ...names, sample: { ...sample, isExpected: true } }];
  expect(suiteOf(testExport({ samples })).suite['@failures']).toBe('0');
});

test.each(['undecided', 'incomparable'] as const)('%s is skipped, with the reason', (verdict) => {
  const { suite, cases } = suiteOf(testExport({ comparisons: [testComparison({ verdict })] }));
  expect(suite['@skipped']).toBe('1');
  expect(cases[0]?.skipped?.['@message']).toBe(`${verdict}: 9.9 % slower than good`);
});

test('where nothing at all was decided, a case has an error: skipped ones alone would read as if all were well', () => {
  const { suite, text } = suiteOf(testExport({ comparisons: [testComparison({ verdict: 'undecided' })] }));
  expect(suite['@errors']).toBe('1');
  expect(text).toContain('1 of 1 comparisons are undecided');
  expect(suiteOf(testExport({ comparisons: [testComparison({ verdict: 'unchanged' })] })).suite['@errors']).toBe('0');
});

test('a variant of the baseline that was not run is a skipped case', () => {
  const { current: _, ...missing } = testComparison({ variant: 'gone', verdict: 'missing', reason: 'not run' });
  const { cases } = suiteOf(testExport({ comparisons: [missing] }));
  expect(cases.map((one) => [one['@classname'], one.skipped?.['@message']])).toEqual([
    ['nightly.shpc', undefined],
    ['nightly.gone', 'missing: not run'],
    ['nightly', undefined],
  ]);
});

test('nothing that a guest prints breaks the XML', () => {
  const nasty = fc.string({
    unit: fc.oneof(
      fc.nat(0xffff).map((code) => String.fromCharCode(code)),
      fc.constant(']]>'),
    ),
  });
  fc.assert(
    fc.property(nasty, (detail) => {
      const operation = { ...TEST_OPERATION, failures: 1, warnings: [detail] };
      const { text, suite } = suiteOf(testExport({ operations: [operation], samples: [failedSample(detail)] }));
      expect(suite['@failures']).toBe('1');
      // What XML 1.0 allows (section 2.2), and nothing else.
      expect(text).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
    }),
  );
});
